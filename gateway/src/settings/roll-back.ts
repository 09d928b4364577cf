import type { ObjectChange } from "../core/settings-object.ts";
import type { SettingsStore, SettingsVersion } from "../stores/ports/settings-store.ts";
import type { SettingsModel } from "./settings-model.ts";

/** Versions asked of the store at once. */
const PAGE = 100;

/**
 * What has to change so that everything versioned is as it was at `version`. What the configuration file declares stays as the file
 * says, whatever it said then.
 * @returns null when there is no such version, because it is newer than the newest.
 */
export async function changesBackTo(
  model: SettingsModel,
  store: Pick<SettingsStore, "versions">,
  version: number,
): Promise<readonly ObjectChange[] | null> {
  if (version > model.version) return null;
  const then = new Map<string, ObjectChange>();
  for await (const { source, changes } of versionsAfter(store, version)) {
    // From the newest on: what is put in last is the oldest, whose `before` is how it was.
    if (source === "store") for (const change of changes.toReversed()) then.set(keyOf(change), change);
  }
  return [...then.values()].flatMap(({ accountId, kind, id, before: after }): ObjectChange[] => {
    const now = model.get(accountId, kind, id);
    if (now?.source === "file") return [];
    const before = now?.source === "store" ? now.value : null;
    return Bun.deepEquals(before, after) ? [] : [{ accountId, kind, id, before, after }];
  });
}

async function* versionsAfter(
  store: Pick<SettingsStore, "versions">,
  version: number,
): AsyncGenerator<SettingsVersion> {
  let before: number | null = null;
  for (;;) {
    const page: readonly SettingsVersion[] = await store.versions({ before, limit: PAGE });
    for (const each of page) {
      if (each.version <= version) return;
      yield each;
    }
    const last = page.at(-1);
    if (last === undefined) return;
    before = last.version;
  }
}

function keyOf({ accountId, kind, id }: ObjectChange): string {
  return `${accountId}\n${kind}\n${id}`;
}
