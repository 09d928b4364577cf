/** A request to begin with. */
export interface PlaygroundPreset {
  readonly label: string;
  readonly provider: string;
  readonly path: string;
  /** Header that carries the provider's key. */
  readonly keyHeader: string;
  readonly body: object;
}

const messages = [{ role: "user", content: "Say hello in three languages." }];

/** Requests of the wire formats that most providers speak. */
export const presets: readonly PlaygroundPreset[] = [
  {
    label: "OpenAI chat",
    provider: "openai",
    path: "chat/completions",
    keyHeader: "authorization",
    body: { model: "gpt-5-mini", stream: true, stream_options: { include_usage: true }, messages },
  },
  {
    label: "OpenAI responses",
    provider: "openai",
    path: "responses",
    keyHeader: "authorization",
    body: { model: "gpt-5-mini", stream: true, input: "Say hello in three languages." },
  },
  {
    label: "Anthropic messages",
    provider: "anthropic",
    path: "v1/messages",
    keyHeader: "x-api-key",
    body: { model: "claude-sonnet-4-5", max_tokens: 300, stream: true, messages },
  },
  {
    label: "Gemini",
    provider: "google-ai-studio",
    path: "v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse",
    keyHeader: "x-goog-api-key",
    body: { contents: [{ role: "user", parts: [{ text: "Say hello in three languages." }] }] },
  },
  {
    label: "Any model, one format",
    provider: "compat",
    path: "chat/completions",
    keyHeader: "authorization",
    body: { model: "groq/llama-3.3-70b-versatile", stream: true, messages },
  },
];

/** The header in which a provider takes its key; `authorization` for those that are not told here. */
export function keyHeaderOf(provider: string): string {
  return presets.find((preset) => preset.provider === provider)?.keyHeader ?? "authorization";
}
