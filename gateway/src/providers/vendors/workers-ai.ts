import { checkPath } from "../check-path.ts";
import { decodeSegment } from "../decode-segment.ts";
import { openAiResponsesCompat } from "../openai-compat.ts";
import { openAiDialect } from "../openai-dialect.ts";
import { queryParameter, withoutParameter } from "../query-parameters.ts";
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
  socket: {
    // The model of a socket stands in the query (reference §1.9), and goes into the path.
    route: ({ rest, query }) => {
      const model = rest === "" ? queryParameter(query, "model") : null;
      if (model === null) return { path: belowAi(rest) };
      checkPath(model, "model");
      return { path: `ai/run/${model}`, query: withoutParameter(query, "model") };
    },
    dialect: "deepgram-session",
  },
  runPath: (model) => `run/${model}`,
  compat: { ...openAiResponsesCompat, below: "ai/v1", bareModels: /^@(?:cf|hf)\// },
  route: ({ rest }) => ({ path: belowAi(rest) }),
};

function belowAi(rest: string): string {
  if (rest.startsWith("ai/")) return rest;
  return BELOW_AI.test(rest) ? `ai/${rest}` : `ai/run/${rest}`;
}
