/**
 * Whether a model is meant by a pattern: the name itself, with `*` for any run of characters but `/`, compared as written. A model is
 * known as it is asked for and with its provider before it: `gpt-*` and `openai/*` both mean `gpt-4o` asked of `openai`.
 */
export function matchesModel(pattern: string, model: { readonly provider: string; readonly name: string }): boolean {
  return matchesPattern(pattern, model.name) || matchesPattern(pattern, `${model.provider}/${model.name}`);
}

/** Goes through the text once for every `*`: no pattern takes longer than its length times the text's. */
function matchesPattern(pattern: string, text: string): boolean {
  let patternAt = 0;
  let textAt = 0;
  let starAt = -1;
  let resumeAt = 0;
  while (textAt < text.length) {
    if (pattern[patternAt] === "*") {
      starAt = patternAt;
      resumeAt = textAt;
      patternAt += 1;
    } else if (pattern[patternAt] === text[textAt]) {
      patternAt += 1;
      textAt += 1;
    } else if (starAt >= 0 && text[resumeAt] !== "/") {
      resumeAt += 1;
      textAt = resumeAt;
      patternAt = starAt + 1;
    } else {
      return false;
    }
  }
  while (pattern[patternAt] === "*") patternAt += 1;
  return patternAt === pattern.length;
}
