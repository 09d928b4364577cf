import { isSealedSecret } from "../core/sealed-secret.ts";
import type { ResolveSecret } from "../secrets/resolve-secret.ts";
import type { SettingsDesk } from "../settings/settings-desk.ts";
import type { OpenSecret } from "../settings/stored-keys.ts";

/** What secrets are looked up with. */
export interface AccountSecretOptions {
  readonly resolveSecret: ResolveSecret;
  /** Throws for one that cannot be opened. */
  readonly openSecret: OpenSecret;
}

/**
 * Looks up what an account's settings refer to: `env:NAME`, `file:PATH`, or the name of a secret in its Secrets Store, which may itself be such a reference.
 * Null when there is none by now. Rejects for a secret that cannot be opened.
 */
export function createAccountSecretResolver(
  desk: Pick<SettingsDesk, "current">,
  { resolveSecret, openSecret }: AccountSecretOptions,
): (accountId: string, reference: string) => Promise<string | null> {
  return async (accountId, reference) => {
    if (/^(?:env|file):/.test(reference)) return resolveSecret(reference);
    const secret = desk.current.list(accountId, "secret").find(({ value }) => value["name"] === reference);
    if (secret === undefined) return null;
    const { sealed, reference: elsewhere } = secret.value;
    if (typeof elsewhere === "string") return resolveSecret(elsewhere);
    return isSealedSecret(sealed) ? openSecret(sealed, secret) : null;
  };
}
