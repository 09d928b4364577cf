import { accountsWhere, type Caller } from "../../access/caller.ts";
import type { SettingsVersion } from "../../stores/ports/settings-store.ts";
import { shownChanges } from "./shown-changes.ts";

/** A version as the API tells it, with the changes of accounts that the caller may read; null when there are none of them. */
export function showVersion(caller: Caller, { version, atMs, actor, source, changes }: SettingsVersion): object | null {
  const readable = accountsWhere(caller, "config.read");
  const seen = readable === null ? changes : changes.filter(({ accountId }) => readable.includes(accountId));
  if (seen.length === 0) return null;
  const { type, id, email } = actor;
  return {
    version,
    created_at: new Date(atMs).toISOString(),
    actor: { type, id, email },
    source,
    changes: shownChanges(seen),
  };
}
