/** What another gateway's name for a vendor stands for here. */
export interface ForeignProvider {
  /** Slug of the built-in provider; absent when there is none. */
  readonly slug?: string;
  /** Where a vendor without a built-in provider answers, if it has one address for all. */
  readonly baseUrl?: string;
  /** Wire format of servers that speak this one; absent means OpenAI's. */
  readonly dialect?: string;
}

const builtIn = (slug: string, dialect?: string): ForeignProvider => ({
  slug,
  ...(dialect === undefined ? {} : { dialect }),
});
const hosted = (baseUrl: string): ForeignProvider => ({ baseUrl });
const selfHosted: ForeignProvider = {};

/**
 * Vendors under the names that LiteLLM (prefix of `model`, https://docs.litellm.ai/docs/providers) and Portkey (`provider`,
 * https://portkey.ai/docs/integrations/llms) give them; a name means the same in both. Underscores are written as dashes.
 */
const byName: Readonly<Record<string, ForeignProvider>> = {
  openai: builtIn("openai"),
  "text-completion-openai": builtIn("openai"),
  azure: builtIn("azure-openai"),
  "azure-openai": builtIn("azure-openai"),
  "azure-text": builtIn("azure-openai"),
  anthropic: builtIn("anthropic", "anthropic-messages"),
  "anthropic-text": builtIn("anthropic", "anthropic-messages"),
  bedrock: builtIn("aws-bedrock"),
  "bedrock-converse": builtIn("aws-bedrock"),
  "bedrock-mantle": builtIn("aws-bedrock"),
  "vertex-ai": builtIn("google-vertex-ai"),
  "vertex-ai-beta": builtIn("google-vertex-ai"),
  gemini: builtIn("google-ai-studio", "gemini"),
  google: builtIn("google-ai-studio", "gemini"),
  groq: builtIn("groq"),
  mistral: builtIn("mistral"),
  "mistral-ai": builtIn("mistral"),
  cohere: builtIn("cohere", "cohere"),
  "cohere-chat": builtIn("cohere", "cohere"),
  cerebras: builtIn("cerebras"),
  deepseek: builtIn("deepseek"),
  perplexity: builtIn("perplexity-ai"),
  "perplexity-ai": builtIn("perplexity-ai"),
  xai: builtIn("grok"),
  "x-ai": builtIn("grok"),
  openrouter: builtIn("openrouter"),
  huggingface: builtIn("huggingface"),
  replicate: builtIn("replicate"),
  baseten: builtIn("baseten"),
  fireworks: builtIn("fireworks"),
  "fireworks-ai": builtIn("fireworks"),
  cloudflare: builtIn("workers-ai"),
  "workers-ai": builtIn("workers-ai"),
  deepgram: builtIn("deepgram"),
  elevenlabs: builtIn("elevenlabs"),
  "fal-ai": builtIn("fal"),
  ideogram: builtIn("ideogram"),
  "together-ai": hosted("https://api.together.xyz/v1"),
  deepinfra: hosted("https://api.deepinfra.com/v1/openai"),
  "nvidia-nim": hosted("https://integrate.api.nvidia.com/v1"),
  nvidia: hosted("https://integrate.api.nvidia.com/v1"),
  sambanova: hosted("https://api.sambanova.ai/v1"),
  hyperbolic: hosted("https://api.hyperbolic.xyz/v1"),
  novita: hosted("https://api.novita.ai/v3/openai"),
  "novita-ai": hosted("https://api.novita.ai/v3/openai"),
  moonshot: hosted("https://api.moonshot.ai/v1"),
  nebius: hosted("https://api.studio.nebius.ai/v1"),
  ai21: hosted("https://api.ai21.com/studio/v1"),
  "lambda-ai": hosted("https://api.lambda.ai/v1"),
  "featherless-ai": hosted("https://api.featherless.ai/v1"),
  dashscope: hosted("https://dashscope-intl.aliyuncs.com/compatible-mode/v1"),
  ollama: { dialect: "ollama" },
  "ollama-chat": { dialect: "ollama" },
  "hosted-vllm": selfHosted,
  vllm: selfHosted,
  "openai-like": selfHosted,
  "custom-openai": selfHosted,
  "litellm-proxy": selfHosted,
  "lm-studio": selfHosted,
  llamafile: selfHosted,
  xinference: selfHosted,
  triton: selfHosted,
  "azure-ai": selfHosted,
  databricks: selfHosted,
};

const bareModels: readonly (readonly [RegExp, string])[] = [
  [/^(?:gpt-|chatgpt-|o\d|text-embedding-|dall-e|whisper|tts-|davinci|babbage|omni-moderation)/, "openai"],
  [/^claude/, "anthropic"],
  [/^gemini/, "vertex-ai"],
  [/^command/, "cohere"],
  [/^mistral|^codestral|^open-mi/, "mistral"],
];

/** What another gateway's name for a vendor stands for; null for a name that is not known. */
export function foreignProvider(name: string): ForeignProvider | null {
  const key = name.toLowerCase().replaceAll("_", "-");
  return Object.hasOwn(byName, key) ? (byName[key] as ForeignProvider) : null;
}

/** The vendor that a model's name alone stands for where another gateway lets the prefix be left out; null when it does not tell. */
export function vendorOfBareModel(model: string): string | null {
  return bareModels.find(([pattern]) => pattern.test(model))?.[1] ?? null;
}

/** The built-in provider of which an address is one customer's own, and the begin of its paths; null for any other address. */
export function ownResource(url: string): { readonly slug: string; readonly path: string } | null {
  const [, resource] = /^https:\/\/([a-z0-9][a-z0-9-]*)\.openai\.azure\.com(?::443)?(?:\/|$)/i.exec(url) ?? [];
  return resource === undefined ? null : { slug: "azure-openai", path: `azure-openai/${resource.toLowerCase()}` };
}
