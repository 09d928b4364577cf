import type { CacheKey } from "../stores/ports/cache-store.ts";

/** The gateway that asks. `revision` changes when the gateway's answers of before may not be used any more. */
export interface CacheTenant {
  readonly accountId: string;
  readonly gatewayId: string;
  readonly revision: string;
}

/** Everything that has to be equal for one answer to serve two requests (reference §3). */
export interface KeyParts {
  readonly tenant: CacheTenant;
  readonly provider: string;
  /** Scheme, host and port the provider is reached at. */
  readonly origin: string;
  readonly method: string;
  /** Path and query as the provider gets them, without what tells `variant`. */
  readonly target: string;
  /** Name of the stored key that would be used. */
  readonly alias: string;
  /** Names and values, the client's own credential among them. */
  readonly fields: readonly (readonly string[])[];
  /** As the provider gets it, without what tells `variant`. */
  readonly body: Buffer;
  /** Form in which the answer is asked for. */
  readonly variant: string;
}

/** Turns what has to be equal into a name. */
export interface KeyDeriver {
  ofRequest(parts: KeyParts): CacheKey;
  /** Of a name the client gave; it stands for everything but the gateway (reference §3). */
  ofName(tenant: CacheTenant, name: string): CacheKey;
}

/** Raised when what goes into a key changes. */
const FORM = 1;

/**
 * Names are HMAC-SHA-256 under `secret`: files are named by them, and prompts and credentials that somebody guesses must not be
 * told by a look at the names.
 */
export function createKeyDeriver(secret: Buffer): KeyDeriver {
  const derive = (parts: readonly unknown[], body: Buffer | null): CacheKey => {
    // JSON sets the parts apart: no two lists are written alike.
    const hasher = new Bun.CryptoHasher("sha256", secret).update(JSON.stringify(parts));
    return (body === null ? hasher : hasher.update("\n").update(body)).digest("hex");
  };
  return {
    ofRequest({ tenant, provider, origin, method, target, alias, fields, body, variant }) {
      const { accountId, gatewayId, revision } = tenant;
      const place = [accountId, gatewayId, revision];
      return derive(["request", FORM, place, provider, origin, method, target, alias, fields, variant], body);
    },
    ofName({ accountId, gatewayId, revision }, name) {
      return derive(["name", FORM, [accountId, gatewayId, revision], name], null);
    },
  };
}
