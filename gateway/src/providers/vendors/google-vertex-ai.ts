import { applyVertexKey } from "../apply-vertex-key.ts";
import { decodeSegment } from "../decode-segment.ts";
import { exchangeServiceAccount } from "../exchange-service-account.ts";
import { openAiDialect } from "../openai-dialect.ts";
import type { Provider } from "../provider.ts";
import { vertexCompat, vertexHost } from "../vertex-compat.ts";

const LOCATION = /(?:^|\/)locations\/([^/]+)/;
const MODEL = /(?:^|\/)publishers\/[^/]+\/models\/([^/:]+)/;

/**
 * Google Vertex AI, https://cloud.google.com/vertex-ai/docs/reference/rest. The path's `locations/{region}` chooses the host; `global` and paths
 * without one have a host of their own, `us` and `eu` are multi-regions. Credentials: an access token, or a base64 service account (reference §1.5).
 */
export const googleVertexAi: Provider = {
  slug: "google-vertex-ai",
  aliases: ["google-vertex"],
  title: "Google Vertex AI",
  baseUrl: "https://{region}-aiplatform.googleapis.com",
  otherBaseUrls: {
    global: "https://aiplatform.googleapis.com",
    multiRegion: "https://aiplatform.{region}.rep.googleapis.com",
  },
  credentialHeaders: ["authorization", "x-goog-api-key"],
  credentialQuery: ["key", "access_token"],
  applyKey: applyVertexKey,
  priceKey: "google",
  dialectFor: (path) => {
    if (path.includes("/endpoints/openapi/")) return openAiDialect(path);
    if (path.includes("/publishers/anthropic/")) return "anthropic-messages";
    return path.includes("/publishers/mistralai/") ? "openai-chat" : "gemini";
  },
  modelFromPath: (path) => decodeSegment(MODEL.exec(path)?.[1] ?? "") || null,
  route: ({ rest }) => ({ path: rest, ...vertexHost(LOCATION.exec(rest)?.[1] ?? "global") }),
  compat: vertexCompat,
  credentialStep: exchangeServiceAccount,
};
