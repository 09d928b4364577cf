import type { Difference } from "../../lib/differences.ts";

interface ChangesProps {
  readonly changes: readonly Difference[];
  /** How a place is called; by its path when absent. */
  readonly nameOf?: (path: string) => string;
}

/** What differs, place by place, as it was and as it is or will be. */
export function Changes({ changes, nameOf = (path) => path }: ChangesProps) {
  if (changes.length === 0) return <p className="text-soft">Nothing differs.</p>;
  return (
    <ul className="divide-y divide-line rounded border border-line">
      {changes.map(({ path, ...values }) => (
        <li key={path} className="p-2.5">
          <p className="font-mono text-xs break-all text-soft">{nameOf(path) === "" ? "all of it" : nameOf(path)}</p>
          <div className="mt-1 grid gap-x-3 gap-y-1 sm:grid-cols-2">
            <Side sign="−" label="Before" values={values} name="before" />
            <Side sign="+" label="After" values={values} name="after" />
          </div>
        </li>
      ))}
    </ul>
  );
}

interface SideProps {
  readonly sign: string;
  readonly label: string;
  readonly values: Omit<Difference, "path">;
  readonly name: "before" | "after";
}

function Side({ sign, label, values, name }: SideProps) {
  const isThere = name in values;
  return (
    <div className={`flex min-w-0 gap-1.5 ${name === "before" ? "text-bad" : "text-good"}`}>
      <span aria-hidden>{sign}</span>
      <span className="sr-only">{label}:</span>
      {isThere ? <Value text={shown(values[name])} /> : <span className="text-xs/5">not there</span>}
    </div>
  );
}

/** Long ones are folded. */
function Value({ text }: { readonly text: string }) {
  const lines = text.split("\n").length;
  const whole = <pre className="min-w-0 font-mono text-xs/5 break-all whitespace-pre-wrap">{text}</pre>;
  if (lines <= 8) return whole;
  return (
    <details className="min-w-0 text-xs/5">
      <summary className="cursor-pointer">{lines} lines</summary>
      {whole}
    </details>
  );
}

function shown(value: unknown): string {
  if (value === null) return "none";
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}
