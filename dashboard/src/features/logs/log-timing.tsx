import type { Log, LogDetail } from "../../api/generated/operations.ts";
import { Failure } from "../../components/ui/failure.tsx";
import { Loading } from "../../components/ui/loading.tsx";
import { formatDuration } from "../../lib/format.ts";
import { StatusBadge } from "./status-badge.tsx";
import { useAttempts } from "./use-log.ts";

interface LogTimingProps {
  readonly gatewayId: string;
  readonly log: LogDetail;
  readonly onOpen: (id: string) => void;
}

/** Where the time went, for each attempt of the same event on one scale. */
export function LogTiming({ gatewayId, log, onOpen }: LogTimingProps) {
  const attempts = useAttempts(gatewayId, log.event_id);
  if (attempts.isPending) return <Loading label="Looking for attempts" />;
  if (attempts.isError) return <Failure error={attempts.error} retry={() => void attempts.refetch()} />;
  const rows = attempts.data.some(({ id }) => id === log.id) ? attempts.data : [log, ...attempts.data];
  const startMs = Math.min(...rows.map((row) => Date.parse(row.created_at)));
  const endMs = Math.max(...rows.map((row) => Date.parse(row.created_at) + row.duration), startMs + 1);
  return (
    <div className="grid gap-4">
      {rows.map((row) => (
        <Attempt key={row.id} row={row} scale={{ startMs, lengthMs: endMs - startMs }}>
          {row.id === log.id ? (
            <span className="text-soft">this one</span>
          ) : (
            <button type="button" className="text-accent hover:underline" onClick={() => onOpen(row.id)}>
              Open
            </button>
          )}
        </Attempt>
      ))}
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
        {phasesOf(log).map(({ name, ms, color, hint }) => (
          <div key={name} className="contents">
            <dt className="flex items-center gap-2">
              <span aria-hidden className={`size-3 rounded-sm ${color}`} /> {name}
            </dt>
            <dd>
              {formatDuration(ms)} <span className="text-soft">{hint}</span>
            </dd>
          </div>
        ))}
        <dt className="font-medium">All of it</dt>
        <dd className="font-medium">{formatDuration(log.duration)}</dd>
      </dl>
    </div>
  );
}

/** The parts of a request's time, in order. Without a first byte everything was waiting. */
function phasesOf(row: Log | LogDetail) {
  const gatewayMs = Math.min(row.overhead, row.duration);
  const firstMs = Math.max(row.time_to_first_byte ?? row.duration, gatewayMs);
  const rest = Math.max(0, row.duration - firstMs);
  return [
    { name: "Gateway", ms: gatewayMs, color: "bg-warn", hint: "its own work" },
    {
      name: row.time_to_first_byte === null ? "Wait" : "Wait for the first byte",
      ms: firstMs - gatewayMs,
      color: "bg-accent",
      hint: row.time_to_first_byte === null ? "nothing came" : "of the provider",
    },
    { name: row.streamed ? "Stream" : "Rest of the answer", ms: rest, color: "bg-good", hint: "" },
  ];
}

interface AttemptProps {
  readonly row: Log | LogDetail;
  readonly scale: { readonly startMs: number; readonly lengthMs: number };
  readonly children: React.ReactNode;
}

function Attempt({ row, scale, children }: AttemptProps) {
  const offset = (Date.parse(row.created_at) - scale.startMs) / scale.lengthMs;
  const phases = phasesOf(row);
  return (
    <div>
      <div className="mb-1 flex flex-wrap justify-between gap-x-3">
        <span>
          <bdi className="font-medium">{row.model}</bdi> · step {row.step}, attempt {row.attempt}
        </span>
        <span className="flex gap-3">
          <StatusBadge log={row} />
          {children}
        </span>
      </div>
      <div
        role="img"
        aria-label={phases.map(({ name, ms }) => `${name} ${formatDuration(ms)}`).join(", ")}
        className="flex h-5 w-full overflow-hidden rounded bg-hover"
      >
        <span style={{ width: `${offset * 100}%` }} />
        {phases.map(({ name, ms, color }) => (
          <span key={name} className={color} style={{ width: `${(ms / scale.lengthMs) * 100}%` }} />
        ))}
      </div>
    </div>
  );
}
