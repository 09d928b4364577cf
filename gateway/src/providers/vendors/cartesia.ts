import type { Provider } from "../provider.ts";

/** Cartesia, https://docs.cartesia.ai/api-reference: speech, nothing of which is read. */
export const cartesia: Provider = {
  slug: "cartesia",
  title: "Cartesia",
  baseUrl: "https://api.cartesia.ai",
  credentialHeaders: ["x-api-key", "authorization"],
  priceKey: null,
  dialectFor: () => "opaque",
  socket: { route: ({ rest }) => ({ path: rest === "" ? "tts/websocket" : rest }) },
};
