import type { ObjectChange, SettingsKey } from "../core/settings-object.ts";
import type { StoredObject } from "../stores/ports/settings-store.ts";
import { type FilePart, fileObjects } from "./file-objects.ts";

/** How what the file declares differs from what the store remembers of it. */
export function fileChanges(part: FilePart, stored: readonly StoredObject[]): ObjectChange[] {
  const known = new Map(stored.filter(({ source }) => source === "file").map((object) => [keyOf(object), object]));
  const declared = fileObjects(part);
  const names = new Set(declared.map(keyOf));
  const gone = [...known.values()].filter((object) => !names.has(keyOf(object)));
  return [
    ...gone.map(({ accountId, kind, id, value }) => ({ accountId, kind, id, before: value, after: null })),
    ...declared.flatMap(({ accountId, kind, id, value }): ObjectChange[] => {
      const before = known.get(keyOf({ accountId, kind, id }))?.value ?? null;
      // What was kept has been through JSON, where members that are undefined get lost.
      const after = JSON.parse(JSON.stringify(value)) as typeof value;
      return Bun.deepEquals(before, after) ? [] : [{ accountId, kind, id, before, after }];
    }),
  ];
}

function keyOf({ accountId, kind, id }: SettingsKey): string {
  return `${accountId}\n${kind}\n${id}`;
}
