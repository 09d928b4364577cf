import type { IncomingRequest } from "../http1/server-connection.ts";
import { bindingCallOf, managementTargetOf } from "../pipeline/binding-call.ts";
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
  const target = managementTarget(request);
  if (target === null) void serve(request, worker.gateway);
  else passToControl(request, worker, target);
}

function managementTarget({ head }: IncomingRequest): string | null {
  try {
    const call = bindingCallOf(head);
    return call === null ? null : managementTargetOf(call);
  } catch {
    // A call that cannot be read is refused where inference is refused.
    return null;
  }
}
