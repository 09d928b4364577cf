import { decodeSegment } from "../decode-segment.ts";
import { openAiCompat } from "../openai-compat.ts";
import { openAiDialect } from "../openai-dialect.ts";
import type { Provider } from "../provider.ts";

const BELOW_AI = /^(?:run|v1)(?:\/|$)/;

/**
 * Cloudflare Workers AI, https://developers.cloudflare.com/workers-ai: `{model}`, `run/{model}` and `v1/{OpenAI path}`. The account in the
 * upstream URL is the request's own; a base URL with a fixed account replaces it.
 */
export const workersAi: Provider = {
  slug: "workers-ai",
  title: "Workers AI",
  baseUrl: "https://api.cloudflare.com/client/v4/accounts/{account}",
  credentialHeaders: ["authorization"],
  priceKey: "cloudflare",
  dialectFor: (path) => (path.startsWith("ai/run/") ? "workers-ai" : openAiDialect(path)),
  modelFromPath: (path) => decodeSegment(/^ai\/run\/(.+)$/.exec(path)?.[1] ?? "") || null,
  route: ({ rest }) => {
    if (rest.startsWith("ai/")) return { path: rest };
    return { path: BELOW_AI.test(rest) ? `ai/${rest}` : `ai/run/${rest}` };
  },
  compat: { ...openAiCompat, below: "ai/v1", bareModels: /^@(?:cf|hf)\// },
};
