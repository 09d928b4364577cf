import { headerValue } from "../../core/header-list.ts";
import { keyInField } from "../apply-key.ts";
import { decodeSegment } from "../decode-segment.ts";
import { routeByTargetHeader } from "../target-header.ts";
import { protocolKey } from "../protocol-key.ts";
import type { Provider } from "../provider.ts";

const TARGET_FIELD = "x-fal-target-url";
const DOMAINS = ["fal.run", "fal.ai"];

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
  credentialQuery: ["fal_jwt_token"],
  applyKey: keyInField("authorization", "Key "),
  priceKey: null,
  dialectFor: () => "opaque",
  modelFromPath: (path) => decodeSegment(path.split("/requests/", 1)[0] ?? "") || null,
  socket: {
    // Endpoints that end so keep the conversation themselves; all others are spoken to over the vendor's socket host.
    route: (request) => {
      const { rest, headers } = request;
      if (headerValue(headers, TARGET_FIELD) !== undefined) return routeByTargetHeader(request, TARGET_FIELD, DOMAINS);
      return rest.endsWith("/realtime")
        ? { path: rest }
        : { path: rest, base: "*.fal.run", values: { subdomain: "ws" } };
    },
    credentialIn: protocolKey("fal-api-key.", { name: "authorization", scheme: "Key " }),
  },
  route: (request) => routeByTargetHeader(request, TARGET_FIELD, DOMAINS),
};
