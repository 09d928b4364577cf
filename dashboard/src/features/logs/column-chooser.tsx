import { Popover } from "@base-ui/react/popover";
import { Columns3 } from "lucide-react";
import { Button } from "../../components/ui/button.tsx";
import { logColumns } from "./log-columns.tsx";
import { useKept } from "./use-kept.ts";

/** Whether each column is shown, by its id. */
export type ShownColumns = Readonly<Record<string, boolean>>;

const wide = ["time", "status", "model", "duration", "tokens_in", "tokens_out", "cost", "cached", "user"];
const narrow = ["time", "status", "model", "duration", "cost"];

/** Which columns are shown; fewer to begin with on a narrow screen. */
export function useShownColumns() {
  return useKept<ShownColumns>("headgate.log-columns", readShown, () =>
    shownOf(globalThis.matchMedia("(min-width: 60rem)").matches ? wide : narrow),
  );
}

const ids = logColumns.map((column) => column.id ?? ("accessorKey" in column ? String(column.accessorKey) : ""));

function shownOf(shown: readonly string[]): ShownColumns {
  return Object.fromEntries(ids.map((id) => [id, shown.includes(id)]));
}

function readShown(kept: unknown): ShownColumns | null {
  if (typeof kept !== "object" || kept === null) return null;
  const shown = ids.filter((id) => (kept as Record<string, unknown>)[id] === true);
  return shown.length === 0 ? null : shownOf(shown);
}

interface ColumnChooserProps {
  readonly shown: ShownColumns;
  readonly onShown: (shown: ShownColumns) => void;
}

/** Says which columns are shown. */
export function ColumnChooser({ shown, onShown }: ColumnChooserProps) {
  const count = Object.values(shown).filter(Boolean).length;
  return (
    <Popover.Root>
      <Popover.Trigger render={<Button />}>
        <Columns3 size={14} aria-hidden /> Columns
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner sideOffset={6} align="end" className="z-30">
          <Popover.Popup className="max-h-[70dvh] overflow-auto rounded border border-line bg-raised p-3 shadow-lg">
            <Popover.Title className="mb-2 font-medium">Columns</Popover.Title>
            <div className="grid gap-1">
              {logColumns.map(({ header }, index) => {
                const id = ids[index] as string;
                const isShown = shown[id] === true;
                return (
                  <label key={id} className="flex items-center gap-2">
                    <input
                      type="checkbox"
                      checked={isShown}
                      disabled={isShown && count === 1}
                      onChange={() => onShown({ ...shown, [id]: !isShown })}
                    />
                    {String(header)}
                  </label>
                );
              })}
            </div>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
