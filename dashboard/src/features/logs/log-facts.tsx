import type { LogDetail } from "../../api/generated/operations.ts";
import { formatBytes, formatCount, formatTime, NOTHING } from "../../lib/format.ts";
import { LogCost } from "./log-cost.tsx";

/** Everything else that is known of a request. */
export function LogFacts({ log }: { readonly log: LogDetail }) {
  const facts: readonly (readonly [string, string | number | null | undefined])[] = [
    ["Time", formatTime(log.created_at)],
    ["Log id", log.id],
    ["Event id", log.event_id],
    ["Request id", log.request_id],
    ["Trace id", log.trace_id],
    ["Provider and model", log.model],
    ["Path", `${log.method} ${log.path}`],
    ["Kind", [log.request_type, log.model_type].filter(Boolean).join(", ")],
    ["Step, attempt", `${log.step}, ${log.attempt}`],
    ["Outcome", [log.outcome.replaceAll("_", " "), log.cause].filter(Boolean).join(": ")],
    ["Code of the gateway", log.error_code],
    ["Cache", log.cache_status?.toLowerCase()],
    ["DLP", log.dlp_action?.toLowerCase()],
    ["User", log.user],
    ["Token", log.token_id],
    ["Stored key", log.byok_alias],
    ["User agent", log.user_agent],
    ["Sizes", `${formatBytes(log.request_size)} asked, ${formatBytes(log.response_size)} answered`],
  ];
  return (
    <div className="grid gap-6">
      <List facts={facts} />
      <LogCost log={log} />
      <section>
        <h3 className="mb-1 font-medium">Usage as told</h3>
        <List
          facts={Object.entries(log.usage_metadata ?? {}).map(([name, value]) => [
            name.replaceAll("_", " "),
            typeof value === "number" ? formatCount(value) : value,
          ])}
        />
      </section>
      <Headers title="Headers asked with" headers={log.request_headers} />
      <Headers title="Headers answered with" headers={log.response_headers} />
    </div>
  );
}

function Headers({
  title,
  headers = {},
}: {
  readonly title: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}) {
  return (
    <section>
      <h3 className="mb-1 font-medium">{title}</h3>
      <List facts={Object.entries(headers)} />
    </section>
  );
}

function List({ facts }: { readonly facts: readonly (readonly [string, string | number | null | undefined])[] }) {
  if (facts.length === 0) return <p className="text-soft">None are kept.</p>;
  return (
    <dl className="grid grid-cols-[minmax(7rem,auto)_1fr] gap-x-4 gap-y-1">
      {facts.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-soft">{name}</dt>
          <dd dir="auto" className="min-w-0 [overflow-wrap:anywhere]">
            {value ?? NOTHING}
          </dd>
        </div>
      ))}
    </dl>
  );
}
