import { keyInField } from "../apply-key.ts";
import { azureCompat } from "../azure-compat.ts";
import { decodeSegment } from "../decode-segment.ts";
import { openAiDialect } from "../openai-dialect.ts";
import { invalidTarget, type Provider } from "../provider.ts";

const RESOURCE_AND_REST = /^([^/]+)\/([^/].*)$/;
const WHOLE_PATH = /^openai\/(?:(?:deployments|v1)\/|realtime$)/;
const DEPLOYMENT = /^openai\/deployments\/([^/]+)/;

/**
 * Azure OpenAI, https://learn.microsoft.com/azure/ai-services/openai/reference: `{resource}/{deployment}/{rest}`. Paths that already are the
 * resource's own, `{resource}/openai/deployments/…`, `{resource}/openai/v1/…` and the socket `{resource}/openai/realtime`, are taken as they are.
 */
export const azureOpenai: Provider = {
  slug: "azure-openai",
  aliases: ["azure"],
  title: "Azure OpenAI",
  baseUrl: "https://{resource}.openai.azure.com",
  credentialHeaders: ["api-key", "authorization"],
  credentialQuery: ["api-key"],
  applyKey: keyInField("api-key"),
  priceKey: "azure",
  dialectFor: openAiDialect,
  socket: { dialect: "openai-session" },
  modelFromPath: (path) => decodeSegment(DEPLOYMENT.exec(path)?.[1] ?? "") || null,
  route: ({ rest }) => {
    const [, resource, below] = RESOURCE_AND_REST.exec(rest) ?? [];
    if (resource === undefined || below === undefined)
      throw invalidTarget("path", "{resource}/{deployment}/… is expected");
    return { path: WHOLE_PATH.test(below) ? below : `openai/deployments/${below}`, values: { resource } };
  },
  compat: azureCompat,
};
