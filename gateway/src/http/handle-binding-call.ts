import { headerValue, withHeader } from "../core/header-list.ts";
import type { IncomingRequest } from "../http1/server-connection.ts";
import { type BindingCall, bindingCallOf, isRunCall, managementTargetOf } from "../pipeline/binding-call.ts";
import { withRunOptions } from "../pipeline/read-run-options.ts";
import { serve } from "../pipeline/serve.ts";
import type { Worker } from "./handle-request.ts";
import { type ControlCall, passToControl } from "./pass-to-control.ts";
import { readRemoteBinding } from "./remote-binding.ts";

/**
 * Answers a call of a Worker's AI binding (reference §1.10): logs, URLs and lists of models are the management API's, the rest is
 * inference.
 */
export function handleBindingCall(received: IncomingRequest, worker: Worker): void {
  const remote = readRemoteBinding(received.head);
  const request = remote === null ? received : withFields(received, remote.headers);
  const call = readCall(request);
  const target = call === null ? null : managementTargetOf(call);
  const admitted = withToken(request, remote?.token ?? null, target === null);
  if (target !== null) passToControl(admitted, worker, controlCall(target));
  else if (call !== null && isRunCall(call)) void serveRun(admitted, worker);
  else void serve(admitted, worker.gateway);
}

/** Inference keeps `authorization`: a Worker may send the provider's key there. */
function withToken(request: IncomingRequest, token: string | null, isInference: boolean): IncomingRequest {
  const name = isInference ? "cf-aig-authorization" : "authorization";
  if (token === null || headerValue(request.head.headers, name) !== undefined) return request;
  return withFields(request, withHeader(request.head.headers, name, `Bearer ${token}`));
}

function withFields(request: IncomingRequest, headers: readonly string[]): IncomingRequest {
  return { ...request, head: { ...request.head, headers: [...headers] } };
}

/** A URL is a text in the management API, and a member of the result in a binding's. */
function controlCall(target: string): ControlCall {
  if (!/\/url\/[^/]+$/.test(target)) return { target };
  return {
    target,
    rewrite(body) {
      const answer = readAnswer(body);
      const result = answer?.result;
      return typeof result === "string" ? Buffer.from(JSON.stringify({ ...answer, result: { url: result } })) : body;
    },
  };
}

/** Null for a body that is no envelope: whoever answers in place of the route writes none. */
function readAnswer(body: Buffer): { readonly result?: unknown } | null {
  try {
    return JSON.parse(body.toString("utf8")) as { readonly result?: unknown } | null;
  } catch {
    return null;
  }
}

async function serveRun(request: IncomingRequest, { gateway }: Worker): Promise<void> {
  await serve(await withRunOptions(request, gateway.clock), gateway);
}

function readCall({ head }: IncomingRequest): BindingCall | null {
  try {
    return bindingCallOf(head);
  } catch {
    // A call that cannot be read is refused where inference is refused.
    return null;
  }
}
