/**
 * Where the tree of an expression calls a function or a method of that name: an offset in its text, 0 where the tree does not say it; null when
 * nowhere. Looked for in the tree and not in the text, where comments and literals hide a call and pretend one.
 * @param node `{ op, args, start }`, what it is made of in `args`.
 */
export function findCall(node: unknown, name: string): number | null {
  if (Array.isArray(node)) {
    for (const part of node as unknown[]) {
      const at = findCall(part, name);
      if (at !== null) return at;
    }
    return null;
  }
  if (typeof node !== "object" || node === null) return null;
  const { op, args, start } = node as { readonly op?: unknown; readonly args?: unknown; readonly start?: unknown };
  const isCall = (op === "call" || op === "rcall") && Array.isArray(args) && args[0] === name;
  if (isCall) return typeof start === "number" ? start : 0;
  return findCall(args, name);
}
