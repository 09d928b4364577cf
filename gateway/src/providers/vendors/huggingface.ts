import { decodeSegment } from "../decode-segment.ts";
import { openAiChatCompat } from "../openai-compat.ts";
import { openAiDialect } from "../openai-dialect.ts";
import type { Provider } from "../provider.ts";

const ROUTER_PATH =
  /^(?:v\d+(?:\/|$)|hf-inference\/|fal-ai\/|[^/]+\/(?:v\d+|api|(?:openai|inference|compatibility)\/v\d+)\/)/;
const MODEL = /^hf-inference\/models\/([^/]+(?:\/(?!pipeline\/|v\d+\/)[^/]+)?)/;

/**
 * Hugging Face, https://huggingface.co/docs/inference-providers. A model id directly after the slug goes to the router's own inference, where
 * `api-inference.huggingface.co/models` moved to; the router's paths (`v1/…`, `hf-inference/…`, `{inference provider}/v1/…`) pass as they are.
 */
export const huggingface: Provider = {
  slug: "huggingface",
  title: "Hugging Face",
  baseUrl: "https://router.huggingface.co",
  credentialHeaders: ["authorization"],
  priceKey: null,
  dialectFor: (path) => {
    const dialect = openAiDialect(path);
    return dialect === "opaque" ? "huggingface" : dialect;
  },
  modelFromPath: (path) => decodeSegment(MODEL.exec(path)?.[1] ?? "") || null,
  route: ({ rest }) => {
    if (rest === "" || ROUTER_PATH.test(rest)) return { path: rest };
    return { path: rest.startsWith("models/") ? `hf-inference/${rest}` : `hf-inference/models/${rest}` };
  },
  compat: openAiChatCompat,
};
