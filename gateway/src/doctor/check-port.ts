import { claimPort } from "../supervisor/claim-port.ts";
import { lockHolder } from "../supervisor/data-directory-lock.ts";
import { StartError } from "../supervisor/exit-status.ts";
import { bytesText, type DoctorContext, type Finding, ok, problem, warning } from "./finding.ts";

const ANSWER_MS = 3000;
const MOST_DRIFT_MS = 2000;

/** Whether a gateway runs with this data directory, and whether the port is free or its own. */
export async function checkPort({ config }: DoctorContext): Promise<Finding[]> {
  const holder = lockHolder(config.dataDirectory);
  if (holder?.isRunning === true) {
    const runs = ok(`process ${holder.pid} serves this data directory`);
    if (config.port === 0) return [runs, ok("its port is not known here: PORT=0 took a free one")];
    return [runs, ...(await askOwn(config))];
  }
  const stale = ok(
    holder === null
      ? "no gateway runs with this data directory"
      : `no gateway runs; the lock of process ${holder.pid}, which is gone, is taken over by the next start`,
  );
  return [stale, await freePort(config)];
}

type Place = Pick<DoctorContext["config"], "host" | "port" | "journal">;

async function freePort({ host, port }: Place): Promise<Finding> {
  try {
    claimPort(host, port);
    return ok(port === 0 ? "a free port is taken at the start" : `port ${port} on ${host} is free`);
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    const isOther = (await ask(host, port, "/healthz"))?.status === 200;
    const [what = "", remedy = ""] = error.message.split(/(?<=\.) (?=S)/);
    if (!isOther) return problem(what, remedy || "Set HOST and PORT to an address that may be listened on.");
    return problem(`port ${port} on ${host} is served by a gateway with another data directory`, remedy);
  }
}

async function askOwn(config: Place): Promise<Finding[]> {
  const { host, port } = config;
  const health = await ask(host, port, "/healthz");
  if (health === null || health.status !== 200)
    return [
      problem(
        `nothing answers GET /healthz on ${host}:${port} ${health === null ? `within ${ANSWER_MS} ms` : `with 200 but ${health.status}`}`,
        "Is PORT the one it was started with? Otherwise look at what it wrote to stderr, and restart it.",
      ),
    ];
  const driftMs = Math.abs((Date.parse(health.date ?? "") || health.atMs) - health.atMs);
  const ready = await ask(host, port, "/readyz");
  return [
    ok(`it answers on ${host}:${port}`),
    ...(driftMs > MOST_DRIFT_MS
      ? [warning(`its clock is ${Math.round(driftMs / 1000)} s away from the one here`, "Set both clocks by NTP.")]
      : []),
    ...(ready?.status === 200 && !hasDetails(ready.body)
      ? [ok("its control process answers; more is told at loopback addresses alone")]
      : readiness(ready?.body, config)),
  ];
}

interface Readiness {
  readonly checks?: {
    readonly records?: Readonly<Record<string, unknown>>;
  };
}

/** A gateway that listens on another address than loopback tells nobody but its status. */
function hasDetails(body: unknown): boolean {
  return (body as Readiness | null | undefined)?.checks !== undefined;
}

function readiness(body: unknown, { journal }: Place): Finding[] {
  const records = (body as Readiness | null | undefined)?.checks?.records;
  if (typeof records !== "object" || records === null)
    return [
      problem("its control process does not answer", "Look at what it wrote to stderr; it is restarted by itself."),
    ];
  const count = (name: string): number => Number(records[name] ?? 0);
  const queuedBytes = count("queued_bytes");
  const lost = [
    count("dropped_records") > 0 ? `${count("dropped_records")} records` : "",
    count("dropped_bodies") > 0 ? `${count("dropped_bodies")} bodies` : "",
    count("lost_segments") > 0 ? `${count("lost_segments")} journal segments` : "",
  ].filter((part) => part !== "");
  return [
    records["store"] === "ok"
      ? ok(`records are stored, ${bytesText(queuedBytes)} of the journal wait`)
      : problem(
          `the log store is away: ${String(records["last_error"] ?? "no reason told")}`,
          "Requests go on and the journal waits. Make room, or see below what is wrong with headgate.db.",
        ),
    ...(queuedBytes > journal.max_bytes / 2
      ? [
          warning(
            `${bytesText(queuedBytes)} of the journal wait to be stored`,
            "See whether the disk keeps up; beyond journal.max_bytes the oldest go.",
          ),
        ]
      : []),
    ...(lost.length === 0
      ? []
      : [
          warning(
            `lost since it was started: ${lost.join(", ")}`,
            "The disk was full, or the journal reached journal.max_bytes: make room, or raise it.",
          ),
        ]),
  ];
}

interface Answer {
  readonly status: number;
  readonly date: string | null;
  readonly atMs: number;
  readonly body: unknown;
}

async function ask(host: string, port: number, path: string): Promise<Answer | null> {
  const own = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  const name = own.includes(":") ? `[${own}]` : own;
  try {
    const signal = AbortSignal.timeout(ANSWER_MS);
    const answer = await fetch(`http://${name}:${port}${path}`, { signal, redirect: "error" });
    return {
      status: answer.status,
      date: answer.headers.get("date"),
      atMs: Date.now(),
      body: await answer.json().catch(() => null),
    };
  } catch {
    return null;
  }
}
