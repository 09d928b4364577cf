/** Where an entry belongs. */
export interface EntryPlace {
  readonly accountId: string;
  readonly gatewayId: string;
  /** `provider/model` as it was asked for; null when the request names no model. */
  readonly model: string | null;
  /** The client's own key; null where the key was derived. */
  readonly key: string | null;
  readonly tags: readonly string[];
}

/** What is to be dropped of an account: everything that all given members fit. At most one of the last three is not null. */
export interface PurgeTarget {
  readonly accountId: string;
  /** Null for all gateways. */
  readonly gatewayId: string | null;
  readonly model: string | null;
  readonly key: string | null;
  readonly tag: string | null;
}

/** Every name under which an entry can be purged (`PurgeBoard`). */
export function purgeNames({ accountId, gatewayId, model, key, tags }: EntryPlace): string[] {
  const all = { accountId, gatewayId: null, model: null, key: null, tag: null };
  const kinds = [
    all,
    ...(model === null ? [] : [{ ...all, model }]),
    ...(key === null ? [] : [{ ...all, key }]),
    ...tags.map((tag) => ({ ...all, tag })),
  ];
  return kinds.flatMap((kind) => [purgeNameOf(kind), purgeNameOf({ ...kind, gatewayId })]);
}

/** The one name that stands for a target. */
export function purgeNameOf({ accountId, gatewayId, model, key, tag }: PurgeTarget): string {
  return JSON.stringify([accountId, gatewayId, model, key, tag]);
}
