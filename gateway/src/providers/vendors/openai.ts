import { openAiResponsesCompat } from "../openai-compat.ts";
import { openAiDialect } from "../openai-dialect.ts";
import { routeOpenAiSocket } from "../openai-socket.ts";
import { protocolKey } from "../protocol-key.ts";
import type { Provider } from "../provider.ts";

/** OpenAI, https://platform.openai.com/docs/api-reference. Its sockets are `realtime` and `responses` (docs/guides/realtime-websocket there). */
export const openai: Provider = {
  slug: "openai",
  title: "OpenAI",
  baseUrl: "https://api.openai.com/v1",
  credentialHeaders: ["authorization"],
  priceKey: "openai",
  dialectFor: openAiDialect,
  compat: openAiResponsesCompat,
  socket: {
    route: routeOpenAiSocket,
    credentialIn: protocolKey("openai-insecure-api-key.", { name: "authorization", scheme: "Bearer " }),
    dialect: "openai-session",
  },
};
