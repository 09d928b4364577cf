import { keyInField } from "../apply-key.ts";
import { queryParameter } from "../query-parameters.ts";
import type { Provider } from "../provider.ts";

/** Deepgram, https://developers.deepgram.com/reference: speech, nothing of which is read. */
export const deepgram: Provider = {
  slug: "deepgram",
  title: "Deepgram",
  baseUrl: "https://api.deepgram.com",
  credentialHeaders: ["authorization"],
  applyKey: keyInField("authorization", "Token "),
  priceKey: null,
  dialectFor: () => "opaque",
  socket: {
    route: ({ rest, query }) => {
      const model = queryParameter(query, "model");
      return { path: rest === "" ? "v1/listen" : rest, ...(model === null ? {} : { model }) };
    },
    credentialIn: ([scheme, key]) =>
      scheme === "token" && key !== undefined ? { name: "authorization", value: `Token ${key}` } : null,
    dialect: "deepgram-session",
  },
};
