import { openAiResponsesCompat } from "../openai-compat.ts";
import { openAiDialect } from "../openai-dialect.ts";
import { routeOpenAiSocket } from "../openai-socket.ts";
import type { Provider } from "../provider.ts";

/** xAI, https://docs.x.ai/docs/api-reference. */
export const grok: Provider = {
  slug: "grok",
  aliases: ["xai"],
  title: "xAI",
  baseUrl: "https://api.x.ai/v1",
  credentialHeaders: ["authorization", "x-api-key"],
  priceKey: "x-ai",
  dialectFor: openAiDialect,
  compat: {
    ...openAiResponsesCompat,
    endpoints: [...openAiResponsesCompat.endpoints, "messages"],
    keyFields: ["x-api-key"],
  },
  socket: { route: routeOpenAiSocket, dialect: "openai-session" },
};
