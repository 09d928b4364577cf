import { keyInField } from "../apply-key.ts";
import { protocolKey } from "../protocol-key.ts";
import type { Provider } from "../provider.ts";

/** ElevenLabs, https://elevenlabs.io/docs/api-reference: speech, nothing of which is read. */
export const elevenlabs: Provider = {
  slug: "elevenlabs",
  title: "ElevenLabs",
  baseUrl: "https://api.elevenlabs.io",
  credentialHeaders: ["xi-api-key"],
  credentialQuery: ["xi-api-key", "single_use_token", "token", "authorization"],
  applyKey: keyInField("xi-api-key"),
  priceKey: null,
  dialectFor: () => "opaque",
  socket: {
    route: ({ rest }) => ({ path: rest === "" ? "v1/convai/conversation" : rest }),
    credentialIn: protocolKey("xi-api-key.", { name: "xi-api-key", scheme: "" }),
  },
};
