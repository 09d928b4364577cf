import { useTable } from "@tanstack/react-table";
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp } from "lucide-react";
import { type KeyboardEvent, useEffect, useRef } from "react";
import type { Log } from "../../api/generated/operations.ts";
import { logColumns, logLayouts, logTableFeatures } from "./log-columns.tsx";
import type { OrderKey } from "./logs-search.ts";

interface LogTableProps {
  readonly rows: readonly Log[];
  /** Rows there are in all; -1 when that is not known. */
  readonly total: number;
  readonly isShown: Readonly<Record<string, boolean>>;
  readonly order: OrderKey;
  readonly ascending: boolean;
  /** Id of the log that is open. */
  readonly openId: string | undefined;
  readonly onOrder: (order: OrderKey) => void;
  readonly onOpen: (id: string) => void;
  /** Called with the index of the first row in sight, and when the last rows come into sight. */
  readonly onSight: (firstIndex: number, isNearEnd: boolean) => void;
}

const rowHeightPx = 36;

/** Logs as a table of which only the rows in sight are in the document. Arrow keys walk through the rows, Enter opens one. */
export function LogTable(props: LogTableProps) {
  const { rows, total, isShown, onSight } = props;
  const table = useTable({
    features: logTableFeatures,
    columns: logColumns,
    data: rows as Log[],
    getRowId: (row) => row.id,
    state: { columnVisibility: isShown as Record<string, boolean> },
  });
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeightPx,
    overscan: 12,
    getItemKey: (index) => rows[index]?.id ?? index,
  });
  const items = virtual.getVirtualItems();
  const firstIndex = Math.floor((virtual.scrollOffset ?? 0) / rowHeightPx);
  const isNearEnd = (items.at(-1)?.index ?? 0) >= rows.length - 20;
  useEffect(() => onSight(firstIndex, isNearEnd), [firstIndex, isNearEnd, rows.length, onSight]);
  const modelRows = table.getRowModel().rows;
  const columns = table.getVisibleLeafColumns();
  const tracks = { gridTemplateColumns: columns.map(({ id }) => logLayouts[id]?.track ?? "8rem").join(" ") };
  return (
    <div
      ref={scroller}
      role="table"
      aria-label="Logs"
      aria-rowcount={total}
      className="h-[max(20rem,calc(100dvh-16rem))] overflow-auto rounded border border-line bg-panel"
      onKeyDown={moveBetweenRows}
    >
      <div className="w-max min-w-full">
        <HeaderRow {...props} tracks={tracks} columns={table.getHeaderGroups()[0]?.headers ?? []} />
        <div role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => {
            const row = modelRows[item.index];
            if (row === undefined) return null;
            const isOpen = row.id === props.openId;
            return (
              <div
                key={item.key}
                role="row"
                tabIndex={item.index === firstIndex || isOpen ? 0 : -1}
                data-row={item.index}
                aria-rowindex={item.index + 2}
                aria-selected={isOpen}
                aria-label={`${row.original.model}, ${row.original.status_code}`}
                className={`absolute inset-x-0 grid cursor-pointer items-center border-b border-line ${isOpen ? "bg-hover" : "hover:bg-hover"}`}
                style={{ ...tracks, height: rowHeightPx, transform: `translateY(${item.start}px)` }}
                onClick={() => props.onOpen(row.id)}
              >
                {row.getVisibleCells().map((cell) => (
                  <div
                    key={cell.id}
                    role="cell"
                    dir="auto"
                    className={`truncate px-2.5 ${logLayouts[cell.column.id]?.isNumber === true ? "text-right tabular-nums" : ""}`}
                  >
                    <table.FlexRender cell={cell} />
                  </div>
                ))}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

interface HeaderRowProps extends Pick<LogTableProps, "order" | "ascending" | "onOrder"> {
  readonly tracks: { readonly gridTemplateColumns: string };
  readonly columns: readonly {
    readonly id: string;
    readonly column: { readonly columnDef: { readonly header?: unknown } };
  }[];
}

function HeaderRow({ tracks, columns, order, ascending, onOrder }: HeaderRowProps) {
  const Arrow = ascending ? ArrowUp : ArrowDown;
  return (
    <div role="rowgroup" className="sticky top-0 z-10 border-b border-line bg-panel">
      <div role="row" aria-rowindex={1} className="grid h-9 items-center text-soft" style={tracks}>
        {columns.map(({ id, column }) => {
          const layout = logLayouts[id];
          const isSorted = layout?.order === order;
          const side = layout?.isNumber === true ? "justify-end" : "";
          return (
            <div
              key={id}
              role="columnheader"
              aria-sort={isSorted ? (ascending ? "ascending" : "descending") : undefined}
              className={`flex px-2.5 font-medium whitespace-nowrap ${side}`}
            >
              {layout?.order === undefined ? (
                String(column.columnDef.header)
              ) : (
                <button
                  type="button"
                  className="inline-flex items-center gap-1 hover:text-ink"
                  onClick={() => onOrder(layout.order as OrderKey)}
                >
                  {String(column.columnDef.header)}
                  {isSorted ? <Arrow size={12} aria-hidden /> : null}
                </button>
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function moveBetweenRows(event: KeyboardEvent<HTMLElement>): void {
  const row = (event.target as HTMLElement).closest<HTMLElement>("[data-row]");
  if (row === null) return;
  if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    row.click();
    return;
  }
  const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }[event.key];
  if (step === undefined) return;
  event.preventDefault();
  const next = event.currentTarget.querySelector<HTMLElement>(`[data-row="${Number(row.dataset["row"]) + step}"]`);
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}
