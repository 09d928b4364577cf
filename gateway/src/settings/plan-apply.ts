import type { JsonObject } from "../core/gateway-settings.ts";
import { newId } from "../core/ids.ts";
import type { ObjectChange, SettingsKey, SettingsObject } from "../core/settings-object.ts";
import type { ObjectWrite } from "./settings-desk.ts";
import type { SettingsModel } from "./settings-model.ts";

/** How a document is to be applied. */
export interface ApplyOptions {
  /** Whether gateways and providers that the document's accounts have and it does not name are removed. */
  readonly isPruning: boolean;
  /** Members of gateways that documents cannot say; they stay as they are. */
  readonly keptMembers: ReadonlySet<string>;
}

/** What applying a document would do. */
export interface ApplyPlan {
  readonly writes: readonly ObjectWrite[];
  readonly changes: readonly ObjectChange[];
  /** Paths of what the document says otherwise than the configuration file, which alone can change them. */
  readonly refused: readonly string[];
}

/**
 * What has to be written so that the API's settings are as `wanted` says: accounts, gateways and custom providers of a document in the
 * configuration file's own form. Accounts that it does not name stay as they are.
 */
export function planApply(model: SettingsModel, wanted: readonly SettingsObject[], options: ApplyOptions): ApplyPlan {
  const changes: ObjectChange[] = [];
  const refused: string[] = [];
  const kept = new Set<string>();
  for (const object of wanted) {
    const known = knownObject(model, object);
    const id = known?.id ?? (object.kind === "custom-provider" ? newId() : object.id);
    kept.add(`${object.kind}\n${object.accountId}\n${id}`);
    const before = known === undefined || known.source === "implied" ? null : known.value;
    const after = mergedValue(object, known?.value ?? null, options);
    if (Bun.deepEquals(known?.value ?? null, after)) continue;
    if (known?.source === "file") refused.push(`${object.accountId}.${object.kind}.${object.id}`);
    else changes.push({ accountId: object.accountId, kind: object.kind, id, before, after });
  }
  if (options.isPruning) changes.push(...pruned(model, wanted, kept));
  return { changes, writes: changes.map(writeOf), refused };
}

function knownObject(model: SettingsModel, { accountId, kind, id, value }: SettingsObject): SettingsObject | undefined {
  if (kind !== "custom-provider") return model.get(accountId, kind, id);
  return model.list(accountId, kind).find((object) => object.value["slug"] === value["slug"]);
}

function mergedValue({ kind, value }: SettingsObject, known: JsonObject | null, options: ApplyOptions): JsonObject {
  const plain = JSON.parse(JSON.stringify(value)) as JsonObject;
  if (known === null) return plain;
  if (kind === "gateway") {
    const staying = Object.entries(known).filter(([name]) => options.keptMembers.has(name));
    return { ...plain, ...Object.fromEntries(staying) };
  }
  // A document says where a provider is, and nothing of the rest that the API keeps of it.
  if (kind === "limit" || kind === "budget") return plain;
  return kind === "custom-provider" ? { ...known, base_url: plain["base_url"], dialect: plain["dialect"] } : known;
}

function pruned(model: SettingsModel, wanted: readonly SettingsObject[], kept: ReadonlySet<string>): ObjectChange[] {
  const accountIds = [...new Set(wanted.map(({ accountId }) => accountId))];
  return accountIds.flatMap((accountId) =>
    (["gateway", "custom-provider", "limit", "budget"] as const).flatMap((kind) =>
      model
        .list(accountId, kind)
        .filter(({ id, source }) => source === "store" && !kept.has(`${kind}\n${accountId}\n${id}`))
        .map(({ id, value }) => ({ accountId, kind, id, before: value, after: null })),
    ),
  );
}

/** The write that makes a change. */
export function writeOf({ after: value, ...change }: ObjectChange): ObjectWrite {
  const key: SettingsKey = { accountId: change.accountId, kind: change.kind, id: change.id };
  return value === null ? { remove: key } : { put: { ...key, value } };
}
