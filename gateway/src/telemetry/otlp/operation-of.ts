/**
 * `gen_ai.operation.name` for an endpoint. Paths that tell nothing count as `generate_content`, the conventions' word for
 * whatever a model makes.
 */
export function operationOf(path: string): string {
  const known = operations.find(({ pattern }) => pattern.test(path));
  return known?.name ?? "generate_content";
}

const operations: readonly { readonly pattern: RegExp; readonly name: string }[] = [
  { pattern: /embed/i, name: "embeddings" },
  { pattern: /chat|messages|responses|converse/i, name: "chat" },
  { pattern: /(?:^|\/)completions?$/i, name: "text_completion" },
];
