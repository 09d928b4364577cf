import type { Clock } from "../core/clock.ts";
import { newId } from "../core/ids.ts";
import type { Actor, AuditDraft, ObjectChange, SettingsKey, SettingsObject } from "../core/settings-object.ts";
import {
  type SettingsStore,
  SettingsStoreUnavailable,
  type StoredObject,
  type StoredSettings,
} from "../stores/ports/settings-store.ts";
import type { SettingsModel } from "./settings-model.ts";

/** What a verb wants to be written, what the audit log is to tell of it, and what the verb answers. */
export interface Change<Result> {
  readonly writes: readonly ObjectWrite[];
  /** Without secrets. */
  readonly audit: readonly AuditDraft[];
  readonly result: Result;
}

/** Sets an object, or takes it away; one that is not there is taken away without a word. */
export type ObjectWrite =
  | { readonly put: Pick<SettingsObject, "accountId" | "kind" | "id" | "value"> }
  | { readonly remove: SettingsKey };

/** The one place through which settings change. Lives in the control process. */
export interface SettingsDesk {
  readonly current: SettingsModel;
  /**
   * Runs `verb` on the newest model, one verb after the other; keeps what it wrote, the version and the audit lines in one
   * transaction, and tells the workers, which have it within a second. What `verb` throws is thrown, and nothing is kept.
   * Rejects with `SettingsStoreUnavailable`, and with what the check of the whole model throws.
   */
  change<Result>(
    actor: Actor,
    verb: (model: SettingsModel) => Change<Result> | Promise<Change<Result>>,
  ): Promise<Result>;
  /** Builds the model anew after `prepare`, between two changes, and tells listeners; what `prepare` throws is thrown. */
  rebuild(prepare: () => Promise<void>): Promise<void>;
  /** Calls `listener` after every change, until the returned function is called. */
  onChange(listener: (model: SettingsModel) => void): () => void;
}

/** What a desk works with. */
export interface SettingsDeskOptions {
  readonly store: SettingsStore;
  /** The model that stored settings make together with the configuration file. */
  readonly combine: (stored: StoredSettings) => SettingsModel;
  /** Looks at the whole of a model before it is kept in place of `before`; throws for one that cannot be used. */
  readonly check: (model: SettingsModel, before: SettingsModel) => void;
  /** Stages what the workers are told; `commit` puts it in its place. */
  readonly stage: (stored: StoredSettings) => { commit(): void; discard(): void };
  readonly clock: Pick<Clock, "nowMs">;
}

/** Opens the desk on what the store holds. Rejects with `SettingsStoreUnavailable`. */
export async function openSettingsDesk(options: SettingsDeskOptions): Promise<SettingsDesk> {
  const { store, combine } = options;
  let stored = await store.load();
  let current = combine(stored);
  const listeners = new Set<(model: SettingsModel) => void>();
  let last: Promise<unknown> = Promise.resolve();
  const run = async <Result>(
    actor: Actor,
    verb: (model: SettingsModel) => Change<Result> | Promise<Change<Result>>,
  ): Promise<Result> => {
    const { writes, audit, result } = await verb(current);
    const next = await keep(options, stored, { actor, writes, audit });
    if (next !== stored) take(next);
    return result;
  };
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const done = last.then(work);
    last = done.catch(() => {});
    return done;
  };
  const take = (next: StoredSettings): void => {
    stored = next;
    current = combine(stored);
    for (const listener of listeners) listener(current);
  };
  return {
    get current() {
      return current;
    },
    change: (actor, verb) => inTurn(() => run(actor, verb)),
    rebuild: (prepare) =>
      inTurn(async () => {
        await prepare();
        take(await store.load());
      }),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

interface Kept {
  readonly actor: Actor;
  readonly writes: readonly ObjectWrite[];
  readonly audit: readonly AuditDraft[];
}

/** @returns what is stored now; the same object when nothing but the audit log grew. */
async function keep(options: SettingsDeskOptions, stored: StoredSettings, kept: Kept): Promise<StoredSettings> {
  const { store, combine, check, clock } = options;
  const atMs = clock.nowMs();
  const { actor } = kept;
  const changes = changesOf(stored, kept.writes);
  const audit = kept.audit.map((draft) => ({ id: newId(), atMs, actor, ...draft }));
  const commit = { baseVersion: stored.version, atMs, actor, source: "store", changes, audit } as const;
  if (changes.length === 0) {
    if (audit.length > 0) await store.commit(commit);
    return stored;
  }
  const next = { ...stored, version: stored.version + 1, objects: afterChanges(stored.objects, changes, atMs) };
  check(combine(next), combine(stored));
  const staged = stage(options, next);
  try {
    await store.commit(commit);
  } catch (error) {
    staged.discard();
    throw error;
  }
  staged.commit();
  return next;
}

/** What workers are told needs its room too. @throws SettingsStoreUnavailable when there is none; nothing was changed then. */
function stage(options: SettingsDeskOptions, next: StoredSettings): ReturnType<SettingsDeskOptions["stage"]> {
  try {
    return options.stage(next);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new SettingsStoreUnavailable(`${code}: ${message}`, { cause: error });
  }
}

function changesOf({ objects }: StoredSettings, writes: readonly ObjectWrite[]): ObjectChange[] {
  const known = new Map(objects.filter(({ source }) => source === "store").map((object) => [keyOf(object), object]));
  return writes.flatMap((write): ObjectChange[] => {
    const { accountId, kind, id } = "put" in write ? write.put : write.remove;
    const before = known.get(keyOf({ accountId, kind, id }))?.value ?? null;
    const after = "put" in write ? write.put.value : null;
    return before === null && after === null ? [] : [{ accountId, kind, id, before, after }];
  });
}

/** What the store holds after `changes`, as it would tell it. */
function afterChanges(
  objects: readonly StoredObject[],
  changes: readonly ObjectChange[],
  atMs: number,
): readonly StoredObject[] {
  const byKey = new Map(objects.map((object) => [`${object.source}\n${keyOf(object)}`, object]));
  for (const { after: value, ...change } of changes) {
    const key = `store\n${keyOf(change)}`;
    const known = byKey.get(key);
    const { accountId, kind, id } = change;
    if (value === null) byKey.delete(key);
    else
      byKey.set(key, {
        accountId,
        kind,
        id,
        value,
        source: "store",
        createdAtMs: known?.createdAtMs ?? atMs,
        modifiedAtMs: atMs,
      });
  }
  return [...byKey.values()];
}

function keyOf({ accountId, kind, id }: SettingsKey): string {
  return `${accountId}\n${kind}\n${id}`;
}
