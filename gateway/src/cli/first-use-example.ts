/** The call a newcomer can paste: one that most have a key for. */
export const firstUseExample = {
  /** A shell command over several lines, for a gateway at `url`. */
  curl: (url: string): readonly string[] => [
    `curl ${url}/v1/default/default/openai/chat/completions \\`,
    `  -H "authorization: Bearer $OPENAI_API_KEY" -H "content-type: application/json" \\`,
    `  -d '{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Say hello"}]}'`,
  ],
  /** What comes back where the example's provider is at `baseUrl`. */
  expectation: (baseUrl: string): string =>
    `It answers what ${new URL(baseUrl).host} answers; cf-aig-* headers are added. Without a key: a 401 of theirs.`,
  provider: "openai",
  /** Where that provider is unless the configuration says otherwise. */
  baseUrl: "https://api.openai.com/v1",
} as const;
