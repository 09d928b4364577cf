import { keyInField } from "../apply-key.ts";
import type { Provider } from "../provider.ts";

/** Ideogram, https://developer.ideogram.ai/api-reference: images, nothing of which is read. */
export const ideogram: Provider = {
  slug: "ideogram",
  title: "Ideogram",
  baseUrl: "https://api.ideogram.ai",
  credentialHeaders: ["api-key"],
  applyKey: keyInField("api-key"),
  priceKey: null,
  dialectFor: () => "opaque",
  modelFromPath: (path) => /^v\d+\/(ideogram-[^/]+)\//.exec(path)?.[1] ?? null,
};
