import type { JsonObject } from "../core/gateway-settings.ts";
import { isSealedSecret, type SealedSecret, type SecretContext } from "../core/sealed-secret.ts";
import type { SettingsObject } from "../core/settings-object.ts";
import type { KeyRateLimit, KeySecret, StoredKey } from "../core/stored-key.ts";
import type { SettingsModel } from "./settings-model.ts";

/** A provider config as it is kept (reference §14.8). Several with one provider and alias form a pool. */
export interface ProviderKey {
  readonly gatewayId: string;
  readonly providerSlug: string;
  readonly alias: string;
  readonly isDefault: boolean;
  readonly weight: number;
  /** Id of the `secret` that holds the key; absent where `reference` is there, or a secret goes by its name. */
  readonly secretId?: string;
  /** `env:NAME` or `file:PATH`. */
  readonly reference?: string;
  /** What may be shown of the key. */
  readonly preview: string;
  /** Requests in a period; null and 0 for no limit. */
  readonly rateLimit: number | null;
  /** Seconds; null for the product's 60. */
  readonly rateLimitPeriod: number | null;
}

/** Seconds of a rate limit of which nothing is said (reference §14.8). */
export const USUAL_PERIOD_SECONDS = 60;

/** Opens a sealed secret; throws when it cannot be opened. */
export type OpenSecret = (sealed: SealedSecret, context: SecretContext) => string;

/** What stored keys are made with. */
export interface StoredKeyOptions {
  /** The own slug of a provider under any of its names. */
  readonly slugOf: (name: string) => string;
  readonly openSecret: OpenSecret | null;
}

/** The name under which the product keeps the secret of a provider config (reference §9.4). */
export function secretNameOf({
  gatewayId,
  providerSlug,
  alias,
}: Pick<ProviderKey, "gatewayId" | "providerSlug" | "alias">): string {
  return `${gatewayId}_${providerSlug}_${alias}`;
}

/**
 * The stored keys of an account, by gateway and provider. Secrets are opened here, once for each change of settings; one that cannot
 * be opened does not stop the others: its key tells why when it is to be used.
 */
export function storedKeys(
  model: SettingsModel,
  accountId: string,
  options: StoredKeyOptions,
): (gatewayId: string, providerSlug: string) => readonly StoredKey[] {
  const secrets = model.list(accountId, "secret");
  const byName = new Map(secrets.map((secret) => [secret.value["name"], secret]));
  const keys = model.list(accountId, "provider-config").map(({ id, value }) => {
    const config = value as unknown as ProviderKey;
    const secretOf = (): SettingsObject | undefined =>
      config.secretId === undefined
        ? byName.get(secretNameOf(config))
        : model.get(accountId, "secret", config.secretId);
    const key: StoredKey = {
      id,
      fullId: `${accountId}/${id}`,
      providerSlug: options.slugOf(config.providerSlug),
      alias: config.alias,
      isDefault: config.isDefault,
      weight: config.weight,
      secret: config.reference === undefined ? storedSecret(secretOf(), options) : { reference: config.reference },
      rateLimit: rateLimitOf(config),
    };
    return { place: placeOf(config.gatewayId, key.providerSlug), key };
  });
  const byPlace = Map.groupBy(keys, ({ place }) => place);
  const lists = new Map([...byPlace].map(([place, list]) => [place, list.map(({ key }) => key)]));
  return (gatewayId, providerSlug) => lists.get(placeOf(gatewayId, providerSlug)) ?? NONE;
}

function rateLimitOf({ rateLimit, rateLimitPeriod }: ProviderKey): KeyRateLimit | null {
  // Keys stored by an earlier version may lack the members.
  return (rateLimit ?? 0) > 0
    ? { requests: rateLimit as number, seconds: rateLimitPeriod ?? USUAL_PERIOD_SECONDS }
    : null;
}

const NONE: readonly StoredKey[] = [];

function placeOf(gatewayId: string, providerSlug: string): string {
  return `${gatewayId}\n${providerSlug}`;
}

function storedSecret(object: SettingsObject | undefined, { openSecret }: StoredKeyOptions): KeySecret {
  if (object === undefined) return { fault: "its secret is not there" };
  const { accountId, kind, id } = object;
  const { sealed, reference }: JsonObject = object.value;
  if (typeof reference === "string") return { reference };
  if (!isSealedSecret(sealed)) return { fault: "its secret holds nothing" };
  if (openSecret === null) return { fault: "there is no master key to open it with" };
  try {
    return { text: openSecret(sealed, { accountId, kind, id }) };
  } catch (error) {
    return { fault: (error as Error).message };
  }
}
