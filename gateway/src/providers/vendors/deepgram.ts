import type { Provider } from "../provider.ts";

/** Deepgram, https://developers.deepgram.com/reference: speech, nothing of which is read. */
export const deepgram: Provider = {
  slug: "deepgram",
  title: "Deepgram",
  baseUrl: "https://api.deepgram.com",
  credentialHeaders: ["authorization"],
  priceKey: null,
  dialectFor: () => "opaque",
};
