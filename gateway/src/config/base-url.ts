/** The shape of an upstream URL, for editors; `baseUrlFault` looks closer. */
export const baseUrlPattern = /^https?:\/\/[^\s?#@/\\]+(\/[^\s?#\\]*)?$/;

const placeholderPattern = /\{[a-z][a-z0-9_]*\}/g;

/**
 * What is wrong with an upstream URL, or null. Wanted: http or https, a host, an optional port and path, placeholders
 * such as `{resource}`; no query, fragment, user name or password (they would be lost, or leak), no white space, no dot segments.
 */
export function baseUrlFault(text: string): string | null {
  const filled = text.replaceAll(placeholderPattern, "x");
  const expected = (wish: string) => `expected an http or https URL ${wish}`;
  if (!/^https?:\/\//.test(filled)) return expected("such as https://host/v1");
  if (/[^\x21-\x7e]/.test(filled)) return expected("of visible ASCII characters");
  if (filled.includes("?")) return expected("without a query");
  if (filled.includes("#")) return expected("without a fragment");
  if (/^https?:\/\/[^/]*@/.test(filled)) return expected("without user name or password");
  if (/[{}]/.test(filled)) return expected("whose placeholders look like {resource}");
  if (/\\|\/\.{1,2}(\/|$)|%2e/i.test(filled)) return expected("without backslashes and dot segments");
  if (!baseUrlPattern.test(filled) || !URL.canParse(filled)) return expected("with a valid host, port and path");
  return null;
}

/** Whether the URL holds placeholders that a provider's path rule has to fill. */
export function hasPlaceholders(text: string): boolean {
  return text.search(placeholderPattern) !== -1;
}
