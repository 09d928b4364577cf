import type { IncomingRequest } from "../http1/server-connection.ts";
import { type BindingCall, bindingCallOf, isRunCall, managementTargetOf } from "../pipeline/binding-call.ts";
import { withRunOptions } from "../pipeline/read-run-options.ts";
import { serve } from "../pipeline/serve.ts";
import type { Worker } from "./handle-request.ts";
import { type ControlCall, passToControl } from "./pass-to-control.ts";
import { remoteBindingFields } from "./remote-binding.ts";

/**
 * Answers a call of a Worker's AI binding (reference §1.10): logs and URLs are the management API's, the rest is inference.
 */
export function handleBindingCall(received: IncomingRequest, worker: Worker): void {
  const fields = remoteBindingFields(received.head.headers);
  const request = fields === null ? received : { ...received, head: { ...received.head, headers: fields } };
  const call = readCall(request);
  const target = call === null ? null : managementTargetOf(call);
  if (target !== null) passToControl(request, worker, controlCall(target));
  else if (call !== null && isRunCall(call)) void serveRun(request, worker);
  else void serve(request, worker.gateway);
}

/** A URL is a text in the management API, and a member of the result in a binding's. */
function controlCall(target: string): ControlCall {
  if (!/\/url\/[^/]+$/.test(target)) return { target };
  return {
    target,
    rewrite(body) {
      const answer = JSON.parse(body.toString("utf8")) as { readonly result: unknown };
      const { result } = answer;
      return typeof result === "string" ? Buffer.from(JSON.stringify({ ...answer, result: { url: result } })) : body;
    },
  };
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
