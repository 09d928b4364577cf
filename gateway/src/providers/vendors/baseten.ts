import { keyInField } from "../apply-key.ts";
import { openAiChatCompat } from "../openai-compat.ts";
import { openAiDialect } from "../openai-dialect.ts";
import type { Provider } from "../provider.ts";

const DEPLOYED_MODEL = /^model\/([^/]+)(?:\/(.*))?$/;

/**
 * Baseten, https://docs.baseten.co/inference/calling-your-model: `v1/…` is the shared OpenAI-compatible API, `model/{id}/…` a deployed model on a
 * host of its own; the bare `model/{id}` asks its production environment.
 */
export const baseten: Provider = {
  slug: "baseten",
  title: "Baseten",
  baseUrl: "https://inference.baseten.co/v1",
  otherBaseUrls: { model: "https://model-{model}.api.baseten.co" },
  credentialHeaders: ["authorization"],
  applyKey: keyInField("authorization", "Api-Key "),
  priceKey: "baseten",
  dialectFor: openAiDialect,
  route: ({ rest }) => {
    const [, model, below = ""] = DEPLOYED_MODEL.exec(rest) ?? [];
    if (model === undefined) return { path: rest };
    return { path: below === "" ? "environments/production/predict" : below, base: "model", values: { model }, model };
  },
  compat: openAiChatCompat,
};
