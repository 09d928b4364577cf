import type { IncomingRequest } from "../http1/server-connection.ts";
import { type BindingCall, bindingCallOf, isRunCall, managementTargetOf } from "../pipeline/binding-call.ts";
import { withRunOptions } from "../pipeline/read-run-options.ts";
import { serve } from "../pipeline/serve.ts";
import type { Worker } from "./handle-request.ts";
import { passToControl } from "./pass-to-control.ts";
import { remoteBindingFields } from "./remote-binding.ts";

/**
 * Answers a call of a Worker's AI binding (reference §1.10): logs and URLs are the management API's, the rest is inference.
 */
export function handleBindingCall(received: IncomingRequest, worker: Worker): void {
  const fields = remoteBindingFields(received.head.headers);
  const request = fields === null ? received : { ...received, head: { ...received.head, headers: fields } };
  const call = readCall(request);
  const target = call === null ? null : managementTargetOf(call);
  if (target !== null) passToControl(request, worker, target);
  else if (call !== null && isRunCall(call)) void serveRun(request, worker);
  else void serve(request, worker.gateway);
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
