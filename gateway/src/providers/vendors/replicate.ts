import { decodeSegment } from "../decode-segment.ts";
import type { Provider } from "../provider.ts";

const MODEL = /(?:^|\/)(?:models|deployments)\/([^/]+\/[^/]+)/;

/** Replicate, https://replicate.com/docs/reference/http: predictions, of a version named in the body or of a model or deployment named in the path. */
export const replicate: Provider = {
  slug: "replicate",
  title: "Replicate",
  baseUrl: "https://api.replicate.com/v1",
  credentialHeaders: ["authorization"],
  priceKey: null,
  dialectFor: (path) => (/(?:^|\/)predictions(?:\/|$)/.test(path) ? "replicate" : "opaque"),
  modelFromPath: (path) => decodeSegment(MODEL.exec(path)?.[1] ?? "") || null,
};
