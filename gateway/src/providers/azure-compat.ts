import { GatewayError } from "../core/errors.ts";
import type { CompatRule } from "./provider.ts";

const RESOURCE_AND_DEPLOYMENT = /^([^/]+)\/([^/]+)$/;

/**
 * Azure OpenAI's version 1 API, https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle: the deployment is named in the
 * body, the resource by the host, so a model is `{resource}/{deployment}`. Keys and access tokens both come as a bearer.
 */
export const azureCompat: CompatRule = {
  endpoints: ["chat/completions", "embeddings"],
  below: "openai/v1",
  keyFields: ["api-key"],
  route: ({ model, endpoint }) => {
    const [, resource, deployment] = RESOURCE_AND_DEPLOYMENT.exec(model) ?? [];
    if (resource === undefined || deployment === undefined) {
      throw new GatewayError("compatRefused", {
        path: "model",
        cause: "model_incomplete",
        explanation: `the model ${JSON.stringify(model.slice(0, 64))} is incomplete, expected azure-openai/{resource}/{deployment}`,
      });
    }
    return { path: `openai/v1/${endpoint}`, values: { resource }, model: deployment };
  },
  listedName: () => null,
};
