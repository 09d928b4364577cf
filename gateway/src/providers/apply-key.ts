import { type HeaderList, withHeader, withoutHeaders } from "../core/header-list.ts";
import type { Provider } from "./provider.ts";

/** Where a signature holds. */
export interface SigningScope {
  readonly service: string;
  readonly region: string;
}

/** A request that has no credential yet: everything a signature may be about. */
export interface UnkeyedRequest {
  readonly method: string;
  /** Value of `Host`. */
  readonly hostHeader: string;
  /** Origin-form path and query. */
  readonly target: string;
  /** Without `host`. */
  readonly headers: HeaderList;
  /** Needed where `signingRegion` gives one; null for none. */
  readonly body: Buffer | null;
  /** Null at providers that have no signatures. */
  readonly signing: SigningScope | null;
  readonly nowMs: number;
}

/** Puts a key on a request: the request's fields with those of the credential. Its argument has no credential fields. */
export type ApplyKey = (request: UnkeyedRequest, secret: string) => HeaderList;

/** A stored secret that cannot be a credential of its provider. The message says why and holds nothing of it. */
export class UnusableSecret extends Error {
  override readonly name = "UnusableSecret";
}

/** What a provider says of its keys. */
export type KeyRules = Pick<Provider, "credentialHeaders" | "applyKey">;

/**
 * The request's fields with a stored key as the provider takes it; what credential fields there were are gone. Serves requests and
 * the handshakes of sockets alike.
 * @throws UnusableSecret when the secret has not the form the provider needs.
 */
export function applyKey(provider: KeyRules, request: UnkeyedRequest, secret: string): HeaderList {
  const headers = withoutHeaders(request.headers, (name) => provider.credentialHeaders.includes(name));
  return (provider.applyKey ?? bearerKey)({ ...request, headers }, secret);
}

/** Puts the secret into one field, after `prefix`. */
export function keyInField(name: string, prefix = ""): ApplyKey {
  return ({ headers }, secret) => withHeader(headers, name, prefix + fieldText(secret));
}

/** `Authorization: Bearer KEY`, what most vendors take. */
export const bearerKey: ApplyKey = keyInField("authorization", "Bearer ");

/** A secret as a field value: one byte per character. */
function fieldText(secret: string): string {
  const text = Buffer.from(secret.trim()).toString("latin1");
  if (text === "") throw new UnusableSecret("it is empty");
  if (/[\x00-\x08\x0a-\x1f\x7f]/.test(text)) throw new UnusableSecret("it holds a line break or a control character");
  return text;
}

/**
 * The members of a secret that is a JSON object; null for a secret that is plain text.
 * @throws UnusableSecret when it begins like an object and is none.
 */
export function jsonSecret(secret: string): Readonly<Record<string, unknown>> | null {
  if (!secret.trimStart().startsWith("{")) return null;
  try {
    return JSON.parse(secret) as Record<string, unknown>;
  } catch {
    throw new UnusableSecret("it begins like a JSON object and is not one");
  }
}
