/** A path as people write it: `accounts.default.gateways`; keys with other characters are quoted: `providers["a b"]`. */
export function keyPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, segment) => {
    const key = String(segment);
    if (!/^[A-Za-z0-9_-]+$/.test(key)) return `${text}[${JSON.stringify(key)}]`;
    return text === "" ? key : `${text}.${key}`;
  }, "");
}
