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

/** A table of a few hundred rows at most, as they are. */
export function PlainTable<Row>({ label, columns, rows, keyOf, empty }: PlainTableProps<Row>) {
  if (rows.length === 0) {
    return <div className="rounded border border-dashed border-line p-6 text-center text-soft">{empty}</div>;
  }
  const look = ({ align, isMinor = false }: Column<Row>) =>
    `px-3 py-2 ${align === "end" ? "text-right tabular-nums" : ""} ${isMinor ? "hidden sm:table-cell" : ""}`;
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reached by keyboard
    <div className="overflow-x-auto rounded border border-line bg-panel" role="region" aria-label={label} tabIndex={0}>
      <table className="w-full text-left">
        <thead className="border-b border-line text-soft">
          <tr>
            {columns.map((column) => (
              <th key={column.title} scope="col" className={`${look(column)} font-medium whitespace-nowrap`}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)} className="border-b border-line last:border-0">
              {columns.map((column) => (
                <td key={column.title} className={look(column)}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
