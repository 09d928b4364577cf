import { clientAddress } from "../core/client-address.ts";
import { clientAddressField } from "../core/client-address-field.ts";
import { GatewayError } from "../core/errors.ts";
import { headerValue, withoutHeaders } from "../core/header-list.ts";
import { localRequestField } from "../core/local-request-field.ts";
import { collectAnswer } from "../http1/collect-answer.ts";
import type { UpstreamFailure } from "../http1/upstream-failure.ts";
import type { IncomingRequest } from "../http1/server-connection.ts";
import { relayBody } from "../http1/relay-body.ts";
import type { UpstreamCall, UpstreamResponse } from "../http1/upstream-call.ts";
import { requestFieldsToControl, responseFieldsOfControl } from "../pipeline/forward-headers.ts";
import { answerError } from "./answer-error.ts";
import type { Worker } from "./handle-request.ts";
import { isLocalRequest } from "./is-local-request.ts";

/** What the control process believes of a worker, and of nobody else. */
const WORKER_FIELDS: ReadonlySet<string> = new Set([localRequestField, clientAddressField]);
const CONTROL_TIMEOUTS = { connectMs: 2000, firstByteMs: 60_000, idleMs: 0, totalMs: 0 };

/** Largest answer that is put into another form. */
const MAX_REWRITTEN_BYTES = 1024 * 1024;

/** What to ask of the control process in the place of what the client asked. */
export interface ControlCall {
  readonly target: string;
  /** Puts the answer's body into the form the client expects; absent where it has it already. */
  readonly rewrite?: (body: Buffer) => Buffer;
}

/**
 * Passes a request of the dashboard or the management API through to the control process, so that users see one port.
 * @param asked the request's own target unless given.
 */
export function passToControl(
  request: IncomingRequest,
  worker: Worker,
  asked: ControlCall = { target: request.head.target },
): void {
  const { head, body, response } = request;
  if (worker.controlSocket === null) {
    answerError(new GatewayError("controlUnavailable"), response);
    return;
  }
  const call = worker.gateway.upstream.send({
    origin: { secure: false, hostname: "control", port: 0, unixPath: worker.controlSocket },
    method: head.method,
    target: asked.target,
    headers: controlFields(request, worker),
    body: body.framing.kind === "none" ? null : body,
    timeouts: CONTROL_TIMEOUTS,
  });
  response.listener = { drained: () => {}, clientGone: () => call.abort() };
  call.response.then(
    (answer) =>
      asked.rewrite === undefined || head.method === "HEAD"
        ? relayAnswer(request, { call, answer, worker })
        : void answerRewritten(request, { call, answer, rewrite: asked.rewrite }),
    // Its message names the socket, which is nobody else's business.
    ({ reason }: UpstreamFailure) => {
      if (response.isOver) return;
      answerError(new GatewayError("controlUnavailable", { cause: reason }), response);
    },
  );
}

function controlFields(request: IncomingRequest, { gateway }: Worker): string[] {
  const { remoteAddress, head } = request;
  const address = clientAddress({ remoteAddress, headers: head.headers }, gateway.trustedProxies);
  const fields = withoutHeaders(requestFieldsToControl(request.head.headers), (name) => WORKER_FIELDS.has(name));
  const own = [localRequestField, String(isLocalRequest(request)), clientAddressField, address];
  return ["host", shownHost(request), ...own, ...fields];
}

/** The host that was asked, for answers that name it; one that is no host is not passed on. */
function shownHost({ head }: IncomingRequest): string {
  const host = headerValue(head.headers, "host") ?? "";
  const isHost = /^(?:[a-z0-9_.-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/i.test(host);
  // Such as 127.0.0.1.1 are spelled like a host and name none.
  return isHost && URL.canParse(`http://${host}`) ? host : "control";
}

async function answerRewritten(
  { response }: IncomingRequest,
  { call, answer, rewrite }: { call: UpstreamCall; answer: UpstreamResponse; rewrite: (body: Buffer) => Buffer },
): Promise<void> {
  const collected = await collectAnswer(call, { limitBytes: MAX_REWRITTEN_BYTES, accepts: () => true });
  if (response.isOver) return;
  if (collected.kind !== "whole") {
    answerError(new GatewayError("controlUnavailable"), response);
    return;
  }
  const given = Buffer.concat(collected.pieces);
  const body = rewritten(given, rewrite);
  const fields = withoutHeaders(responseFieldsOfControl(answer.headers), (name) => name === "content-length");
  response.head(answer.status, [...fields, "content-length", String(body.length)], "length");
  response.write(body);
  response.end();
}

/** An answer that has not the form that is put into another, such as one to HEAD, stays as it is. */
function rewritten(given: Buffer, rewrite: (body: Buffer) => Buffer): Buffer {
  try {
    return rewrite(given);
  } catch {
    return given;
  }
}

function relayAnswer(
  request: IncomingRequest,
  { call, answer, worker }: { call: UpstreamCall; answer: UpstreamResponse; worker: Worker },
): void {
  const { response } = request;
  const framing = answer.framing.kind === "none" || answer.framing.kind === "length" ? answer.framing.kind : "chunked";
  response.head(answer.status, responseFieldsOfControl(answer.headers), framing);
  relayBody(
    { call, response, clock: worker.gateway.clock },
    { chunk: () => {}, ended: () => [], broken: () => response.break(), clientGone: () => {} },
  );
}
