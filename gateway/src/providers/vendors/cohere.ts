import { openAiCompat } from "../openai-compat.ts";
import { openAiDialect } from "../openai-dialect.ts";
import type { Provider } from "../provider.ts";

const HAS_VERSION = /^(?:v\d+|compatibility)(?:\/|$)/;

/**
 * Cohere, https://docs.cohere.com/reference. Two versions live side by side, so the path names its own; one without a version means `v1`,
 * which clients that replaced `https://api.cohere.ai/v1` leave out. OpenAI-compatible endpoints are under `compatibility/v1/`.
 */
export const cohere: Provider = {
  slug: "cohere",
  title: "Cohere",
  baseUrl: "https://api.cohere.com",
  credentialHeaders: ["authorization"],
  priceKey: "cohere",
  dialectFor: (path) => (path.startsWith("compatibility/") ? openAiDialect(path) : "cohere"),
  route: ({ rest }) => ({ path: rest === "" || HAS_VERSION.test(rest) ? rest : `v1/${rest}` }),
  compat: { ...openAiCompat, below: "compatibility/v1" },
};
