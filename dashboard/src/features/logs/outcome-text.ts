import type { Log } from "../../api/generated/operations.ts";

const outcomes: Readonly<Record<string, string>> = {
  superseded: "The provider answered, and the gateway turned away from it to try again or elsewhere.",
  truncated: "The stream ended without the marker that its format requires.",
  error_in_answer: "The status was of a success, the answer held an error.",
  upstream_broken: "The provider broke off after its first byte.",
  upstream_failed: "No answer came: the connection was refused, or closed before one.",
  timeout: "A time-out of the gateway ended it.",
  client_aborted: "The client left before the answer ended.",
  refused: "The gateway refused it before any provider was asked.",
};

/** What became of a request, in a sentence: what went wrong, where, and what the gateway decided. Null when all went well. */
export function outcomeText(
  log: Pick<Log, "outcome" | "success" | "cause" | "error_code" | "status_code">,
): string | null {
  const { outcome, success, cause, error_code: code, status_code: status } = log;
  if (success) return null;
  const text = outcomes[outcome] ?? `The provider answered with ${status}.`;
  const more = [cause, code === null ? null : `code ${code}`].filter(Boolean).join(", ");
  return more === "" ? text : `${text} (${more})`;
}
