import { isSealedSecret, type SealedSecret } from "../core/sealed-secret.ts";

/** A value out of JSON with every sealed secret in it replaced; the value itself when none was. */
export function mapSealed(value: unknown, replace: (sealed: SealedSecret) => SealedSecret): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (isSealedSecret(value)) return replace(value);
  const entries = Object.entries(value);
  const mapped = entries.map(([name, inner]) => [name, mapSealed(inner, replace)] as const);
  if (mapped.every(([, inner], index) => inner === entries[index]?.[1])) return value;
  return Array.isArray(value) ? mapped.map(([, inner]) => inner) : Object.fromEntries(mapped);
}

/** Fingerprints of the master keys under which the sealed secrets in a value are. */
export function sealedKeyIds(value: unknown): ReadonlySet<string> {
  const ids = new Set<string>();
  mapSealed(value, (sealed) => {
    ids.add(sealed.keyId);
    return sealed;
  });
  return ids;
}
