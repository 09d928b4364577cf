import type { IncomingRequest } from "../http1/server-connection.ts";
import type { Gateway } from "../pipeline/gateway.ts";
import { isBindingTarget } from "../pipeline/binding-call.ts";
import { domainOf } from "../pipeline/domain-of.ts";
import { isFullTarget } from "../pipeline/read-path.ts";
import { isRestTarget } from "../pipeline/read-rest-path.ts";
import { serve } from "../pipeline/serve.ts";
import { handleBindingCall } from "./handle-binding-call.ts";
import { answerHealth, answerReadiness } from "./health.ts";
import { passToControl } from "./pass-to-control.ts";

/** What a worker needs to answer anything that comes in on its port. */
export interface Worker {
  readonly gateway: Gateway;
  /** Unix socket of the control process; null when there is none. */
  readonly controlSocket: string | null;
}

/** Path prefixes that the control process answers, besides `/` itself. */
const CONTROL_PREFIXES = ["/client/v4", "/api", "/assets", "/docs", "/metrics", "/ui"];

/** Sends a request where its path belongs: health, the control process, or the pipeline. A gateway's own host name has nothing but inference. */
export function handleRequest(request: IncomingRequest, worker: Worker): void {
  const { target } = request.head;
  // Most requests are for a gateway by its own form of path; whatever their host, they are inference.
  if (isFullTarget(target) || domainOf(request.head, worker.gateway.settings) !== null)
    void serve(request, worker.gateway);
  else if (target === "/healthz") answerHealth(request);
  else if (target === "/readyz") answerReadiness(request, worker);
  else if (isBindingTarget(target)) handleBindingCall(request, worker);
  else if (isRestTarget(target)) void serve(request, worker.gateway);
  else if (isControlPath(target)) passToControl(request, worker);
  else void serve(request, worker.gateway);
}

function isControlPath(target: string): boolean {
  if (target === "/" || target.startsWith("/?") || target === "/favicon.ico") return true;
  return CONTROL_PREFIXES.some((prefix) => {
    if (!target.startsWith(prefix)) return false;
    const next = target[prefix.length];
    return next === undefined || next === "/" || next === "?";
  });
}
