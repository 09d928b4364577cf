import type { IncomingRequest } from "../http1/server-connection.ts";
import { collectAnswer } from "../http1/collect-answer.ts";
import { answerJson } from "./answer-json.ts";
import type { Worker } from "./handle-request.ts";
import { isLocalRequest } from "./is-local-request.ts";

/** How long the control process may take to say how it is. */
const CONTROL_MS = 1000;
const MAX_STATE_BYTES = 64 * 1024;

/** `GET /healthz`: 200 while the process runs and its event loop turns. */
export function answerHealth(request: IncomingRequest): void {
  answerJson(request, 200, { status: "ok" });
}

/**
 * `GET /readyz`: 200 when this worker and the control process answer, else 503. On this machine it names what does not, and tells how
 * records are doing, drops included, which does not make a worker unready: traffic goes on while they wait. From elsewhere the status
 * is all that is told; `/api/system` tells the rest to whoever may read it.
 */
export function answerReadiness(request: IncomingRequest, worker: Worker): void {
  const isLocal = isLocalRequest(request);
  void readiness(worker).then(({ isReady, checks }) =>
    answerJson(request, isReady ? 200 : 503, { status: isReady ? "ready" : "unready", ...(isLocal ? { checks } : {}) }),
  );
}

async function readiness(worker: Worker): Promise<{ isReady: boolean; checks: Record<string, unknown> }> {
  const { journal, settings } = worker.gateway;
  const gateways = Object.values(settings.accounts).reduce(
    (sum, account) => sum + Object.keys(account.gateways).length,
    0,
  );
  const records = await askControl(worker);
  return {
    isReady: records !== "silent",
    checks: {
      control: records === "silent" ? "the control process does not answer" : "ok",
      worker: { dropped_records: journal.droppedRecords, dropped_bodies: journal.droppedBodies },
      records,
      configuration: { version: settings.version, accounts: Object.keys(settings.accounts).length, gateways },
    },
  };
}

/** What the control process says of the records; null where there is none. */
async function askControl({ gateway, controlSocket }: Worker): Promise<unknown> {
  if (controlSocket === null) return null;
  const call = gateway.upstream.send({
    origin: { secure: false, hostname: "control", port: 0, unixPath: controlSocket },
    method: "GET",
    target: "/readyz",
    headers: ["host", "control"],
    body: null,
    timeouts: { connectMs: CONTROL_MS, firstByteMs: CONTROL_MS, idleMs: CONTROL_MS, totalMs: CONTROL_MS },
  });
  try {
    await call.response;
    const collected = await collectAnswer(call, { limitBytes: MAX_STATE_BYTES, accepts: () => true });
    return collected.kind === "whole" ? JSON.parse(Buffer.concat([...collected.pieces]).toString()) : "silent";
  } catch {
    return "silent";
  }
}
