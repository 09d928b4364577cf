import type { ReactNode } from "react";

/** One column of a table. */
export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => ReactNode;
  /** `end` for numbers. */
  readonly align?: "end";
  /** Whether narrow screens leave it out. */
  readonly isMinor?: boolean;
}

interface PlainTableProps<Row> {
  /** What the rows are, for screen readers. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** Shown in place of no rows: what to do about it. */
  readonly empty: ReactNode;
}

/** A table of a few hundred rows at most, as they are; on narrow screens each row is a card of its own. */
export function PlainTable<Row>({ label, columns, rows, keyOf, empty }: PlainTableProps<Row>) {
  if (rows.length === 0) {
    return <div className="rounded border border-dashed border-line p-6 text-center text-soft">{empty}</div>;
  }
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reached by keyboard
    <div className="overflow-x-auto rounded border border-line bg-panel" role="region" aria-label={label} tabIndex={0}>
      {/* What is laid out as a card has lost its meaning as a table unless that is said. */}
      <table role="table" className="block w-full text-left sm:table">
        <thead role="rowgroup" className="hidden border-b border-line text-soft sm:table-header-group">
          <tr role="row">
            {columns.map((column) => (
              <th
                key={column.title}
                role="columnheader"
                scope="col"
                className={`px-3 py-2 font-medium whitespace-nowrap ${alignOf(column)}`}
              >
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup" className="block sm:table-row-group">
          {rows.map((row) => (
            <tr
              key={keyOf(row)}
              role="row"
              className="block border-b border-line py-2 last:border-0 sm:table-row sm:py-0"
            >
              {columns.map((column, index) => (
                <Cell key={column.title} column={column} row={row} isFirst={index === 0} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface CellProps<Row> {
  readonly column: Column<Row>;
  readonly row: Row;
  readonly isFirst: boolean;
}

function Cell<Row>({ column, row, isFirst }: CellProps<Row>) {
  const { title, isMinor = false, cell } = column;
  const isNamed = !isFirst && title !== "";
  const card = isMinor ? "hidden" : isNamed ? "flex items-start justify-between gap-4" : "block";
  return (
    <td role="cell" className={`${card} px-3 py-1 sm:table-cell sm:py-2 ${alignOf(column)}`}>
      {isNamed ? <span className="shrink-0 text-soft sm:hidden">{title}</span> : null}
      <div className={isNamed ? "min-w-0 max-sm:text-right" : ""}>{cell(row)}</div>
    </td>
  );
}

function alignOf<Row>({ align }: Column<Row>): string {
  return align === "end" ? "text-right tabular-nums" : "";
}
