import { keyInField } from "../apply-key.ts";
import type { Provider } from "../provider.ts";

/** Cartesia, https://docs.cartesia.ai/api-reference: speech, nothing of which is read. */
export const cartesia: Provider = {
  slug: "cartesia",
  title: "Cartesia",
  baseUrl: "https://api.cartesia.ai",
  credentialHeaders: ["x-api-key", "authorization"],
  credentialQuery: ["api_key", "access_token"],
  applyKey: keyInField("x-api-key"),
  priceKey: null,
  dialectFor: () => "opaque",
  socket: { route: ({ rest }) => ({ path: rest === "" ? "tts/websocket" : rest }) },
};
