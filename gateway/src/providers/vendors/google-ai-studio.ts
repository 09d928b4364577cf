import { bearerKey, keyInField } from "../apply-key.ts";
import { decodeSegment } from "../decode-segment.ts";
import { openAiCompat } from "../openai-compat.ts";
import { openAiDialect } from "../openai-dialect.ts";
import { renameParameter } from "../query-parameters.ts";
import type { Provider } from "../provider.ts";

/** Path of the Live API, https://ai.google.dev/api/live. */
const LIVE = "ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent";
const OPENAI_LAYOUT = /(?:^|\/)openai\//;
const FILES = /(?:^|\/)files(?:[/:]|$)/;
const MODEL = /(?:^|\/)((?:tunedModels|models)\/[^/:]+)/;

const keyField = keyInField("x-goog-api-key");

/** Google's Gemini API, https://ai.google.dev/api, with its OpenAI-compatible endpoints under `v1beta/openai/`. */
export const googleAiStudio: Provider = {
  slug: "google-ai-studio",
  aliases: ["google"],
  title: "Google AI Studio",
  baseUrl: "https://generativelanguage.googleapis.com",
  credentialHeaders: ["x-goog-api-key", "authorization"],
  credentialQuery: ["key", "access_token"],
  applyKey: (request, secret) => (OPENAI_LAYOUT.test(request.target) ? bearerKey : keyField)(request, secret),
  priceKey: "google",
  dialectFor: (path) => {
    if (OPENAI_LAYOUT.test(path)) return openAiDialect(path);
    return FILES.test(path) ? "opaque" : "gemini";
  },
  socket: {
    // The product's own examples name the key as other vendors do (reference §1.9).
    route: ({ rest, query }) => ({ path: rest === "" ? LIVE : rest, query: renameParameter(query, "api_key", "key") }),
    keyParameter: "key",
    dialect: "gemini-session",
  },
  modelFromPath: (path) => {
    const name = MODEL.exec(path)?.[1];
    return name === undefined ? null : decodeSegment(name.replace(/^models\//, ""));
  },
  compat: {
    ...openAiCompat,
    below: "v1beta/openai",
    keyFields: ["x-goog-api-key"],
    listedName: (id) => (/^gem(?:ini|ma)-/.test(id) ? id : null),
  },
};
