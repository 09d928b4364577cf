import { existsSync } from "node:fs";
import type { IncomingRequest } from "../http1/server-connection.ts";
import { answerJson } from "./answer-json.ts";
import type { Worker } from "./handle-request.ts";

/** `GET /healthz`: 200 while the process runs and its event loop turns. */
export function answerHealth(request: IncomingRequest): void {
  answerJson(request, 200, { status: "ok" });
}

/**
 * `GET /readyz`: 200 when this worker can do its whole job, else 503 naming what it cannot.
 * A journal that dropped records still lets traffic flow, so it is told but does not make the worker unready.
 */
export function answerReadiness(request: IncomingRequest, worker: Worker): void {
  const { journal, config } = worker.gateway;
  const isControlUp = worker.controlSocket === null || existsSync(worker.controlSocket);
  answerJson(request, isControlUp ? 200 : 503, {
    status: isControlUp ? "ready" : "unready",
    checks: {
      control: isControlUp ? "ok" : "the control process does not listen",
      journal: { dropped_records: journal.droppedRecords },
      configuration: {
        accounts: Object.keys(config.accounts).length,
        gateways: Object.values(config.accounts).reduce(
          (sum, account) => sum + Object.keys(account.gateways).length,
          0,
        ),
      },
    },
  });
}
