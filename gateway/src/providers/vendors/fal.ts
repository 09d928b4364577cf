import { decodeSegment } from "../decode-segment.ts";
import { routeByTargetHeader } from "../target-header.ts";
import type { Provider } from "../provider.ts";

/**
 * fal, https://docs.fal.ai/model-apis. `x-fal-target-url` replaces the whole target, as the vendor's clients send it to a proxy, within the
 * vendor's own hosts (reference §1.5).
 */
export const fal: Provider = {
  slug: "fal",
  title: "fal",
  baseUrl: "https://fal.run",
  otherBaseUrls: {
    "*.fal.run": "https://{subdomain}.fal.run",
    "fal.ai": "https://fal.ai",
    "*.fal.ai": "https://{subdomain}.fal.ai",
  },
  credentialHeaders: ["authorization"],
  priceKey: null,
  dialectFor: () => "opaque",
  modelFromPath: (path) => decodeSegment(path.split("/requests/", 1)[0] ?? "") || null,
  route: (request) => routeByTargetHeader(request, "x-fal-target-url", ["fal.run", "fal.ai"]),
};
