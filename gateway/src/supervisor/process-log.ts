/** How much attention a line deserves. */
export type LogLevel = "info" | "warn" | "error";

/** Writes one line about this process; `event` is a fixed word in snake_case, what varies goes into `fields`. */
export type ProcessLog = (level: LogLevel, event: string, fields?: Readonly<Record<string, unknown>>) => void;

/**
 * A log of JSON lines on stderr: `level`, `time` (RFC 3339), `role`, `pid`, `event`, then the fields, which cannot replace these.
 * Secrets and bodies never belong into fields.
 */
export function createProcessLog(
  role: string,
  write: (line: string) => void = (line) => process.stderr.write(line),
): ProcessLog {
  return (level, event, fields = {}) => {
    const head = { level, time: new Date().toISOString(), role, pid: process.pid, event };
    write(`${JSON.stringify({ ...head, ...fields, ...head })}\n`);
  };
}
