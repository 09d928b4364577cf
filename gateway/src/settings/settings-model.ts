import type { SettingsKind, SettingsObject } from "../core/settings-object.ts";

/** Everything that is set at one moment, whoever set it. Never changes; a change makes another one. */
export interface SettingsModel {
  /** Grows with every change of the store. */
  readonly version: number;
  /** Ids of all accounts, in order. */
  readonly accountIds: readonly string[];
  /** The object of that name; where the configuration file declares it, the file's. */
  get(accountId: string, kind: SettingsKind, id: string): SettingsObject | undefined;
  /** All objects of a kind in an account, by id. */
  list(accountId: string, kind: SettingsKind): readonly SettingsObject[];
}

/** @param objects at most one of each key and source; the file's win over the store's, those over implied ones. */
export function buildSettingsModel(version: number, objects: readonly SettingsObject[]): SettingsModel {
  const byKey = new Map<string, SettingsObject>();
  for (const object of objects.toSorted((left, right) => rank[left.source] - rank[right.source]))
    byKey.set(keyOf(object.accountId, object.kind, object.id), object);
  const byKind = Map.groupBy(byKey.values(), ({ accountId, kind }) => keyOf(accountId, kind, ""));
  const lists = new Map(
    [...byKind].map(([key, list]) => [key, list.toSorted((left, right) => (left.id < right.id ? -1 : 1))]),
  );
  const accounts = [...byKey.values()].filter(({ kind }) => kind === "account");
  return {
    version,
    accountIds: accounts.map(({ id }) => id).toSorted(),
    get: (accountId, kind, id) => byKey.get(keyOf(accountId, kind, id)),
    list: (accountId, kind) => lists.get(keyOf(accountId, kind, "")) ?? [],
  };
}

const rank = { implied: 0, store: 1, file: 2 } as const;

function keyOf(accountId: string, kind: SettingsKind, id: string): string {
  return `${accountId}\n${kind}\n${id}`;
}
