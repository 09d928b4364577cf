/**
 * The decoded value of the parameter `name` in a query with its question mark; null when it is absent or empty, and when there are
 * several: nobody can say which of them a provider takes.
 */
export function queryParameter(query: string, name: string): string | null {
  const [value, second] = new URLSearchParams(query).getAll(name);
  return second === undefined ? value || null : null;
}

/** The query without its parameters `name`; everything else stays as it was written. */
export function withoutParameter(query: string, name: string): string {
  return rewritten(query, (parameter) => (nameOf(parameter) === name ? null : parameter));
}

/** The target, a path with or without query, with one more parameter at its end. */
export function withParameter(target: string, name: string, value: string): string {
  return `${target}${target.includes("?") ? "&" : "?"}${name}=${encodeURIComponent(value)}`;
}

/** The query with its parameters `name` called `newName`; everything else stays as it was written. */
export function renameParameter(query: string, name: string, newName: string): string {
  return rewritten(query, (parameter) =>
    nameOf(parameter) === name ? newName + parameter.slice(name.length) : parameter,
  );
}

function rewritten(query: string, rewrite: (parameter: string) => string | null): string {
  if (query === "") return "";
  const parameters = query
    .slice(1)
    .split("&")
    .flatMap((parameter) => rewrite(parameter) ?? []);
  return parameters.length === 0 ? "" : `?${parameters.join("&")}`;
}

function nameOf(parameter: string): string {
  const end = parameter.indexOf("=");
  return end < 0 ? parameter : parameter.slice(0, end);
}
