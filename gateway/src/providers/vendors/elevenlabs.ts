import type { Provider } from "../provider.ts";

/** ElevenLabs, https://elevenlabs.io/docs/api-reference: speech, nothing of which is read. */
export const elevenlabs: Provider = {
  slug: "elevenlabs",
  title: "ElevenLabs",
  baseUrl: "https://api.elevenlabs.io",
  credentialHeaders: ["xi-api-key"],
  priceKey: null,
  dialectFor: () => "opaque",
};
