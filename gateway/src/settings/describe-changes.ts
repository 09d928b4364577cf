import type { ObjectChange, SettingsKind } from "../core/settings-object.ts";

/** One line of a difference, for people. */
export interface ChangeLine {
  /** `accounts.prod.gateways.main.retry_delay`; the object's own path when it came or went as a whole. */
  readonly path: string;
  /** Absent when there was nothing. */
  readonly before?: unknown;
  /** Absent when there is nothing any more. */
  readonly after?: unknown;
}

const folders: Readonly<Partial<Record<SettingsKind, string>>> = {
  gateway: "gateways",
  "custom-provider": "providers",
  "custom-domain": "custom_domains",
  dataset: "datasets",
};

/** Changes as lines: one for an object that came or went, one for each member of an object that is another now. */
export function describeChanges(changes: readonly ObjectChange[]): ChangeLine[] {
  return changes.flatMap((change): ChangeLine[] => {
    const path = pathOf(change);
    const { before, after } = change;
    if (before === null || after === null) {
      return [{ path, ...(before === null ? {} : { before }), ...(after === null ? {} : { after }) }];
    }
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    const different = [...names].filter((name) => !Bun.deepEquals(before[name], after[name]));
    return different.toSorted().map((name) => ({ path: `${path}.${name}`, before: before[name], after: after[name] }));
  });
}

function pathOf({ accountId, kind, id, before, after }: ObjectChange): string {
  if (kind === "account") return `accounts.${id}`;
  const slug = (after ?? before)?.["slug"];
  const name = kind === "custom-provider" && typeof slug === "string" ? `custom-${slug}` : id;
  return `accounts.${accountId}.${folders[kind] ?? kind}.${name}`;
}
