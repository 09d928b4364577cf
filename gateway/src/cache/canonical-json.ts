/**
 * A JSON body in one form for all bodies that mean the same: members in the order of their names, no spaces, without the top-level
 * members `ignored`. Null for what is no JSON object, whose bytes count then.
 */
export function canonicalJson(body: Buffer, ignored: readonly string[]): Buffer | null {
  let value: unknown;
  try {
    value = JSON.parse(body.toString("utf8"));
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const kept = Object.fromEntries(Object.entries(value).filter(([name]) => !ignored.includes(name)));
  return Buffer.from(JSON.stringify(kept, inOrder));
}

function inOrder(_name: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0)),
  );
}
