import type { Log } from "../../api/generated/operations.ts";

/** How a request went: its status, and a word where the status does not say it. */
export function StatusBadge({ log }: { readonly log: Pick<Log, "success" | "status_code" | "outcome"> }) {
  const { success, status_code: status, outcome } = log;
  const look = success ? "text-good" : "text-bad";
  const word = success ? "ok" : outcome === "complete" ? "failed" : outcome.replaceAll("_", " ");
  return (
    <span className={`inline-flex items-center gap-1.5 ${look}`}>
      <span aria-hidden className="size-2 shrink-0 rounded-full bg-current" />
      <span>
        {status} {word}
      </span>
    </span>
  );
}
