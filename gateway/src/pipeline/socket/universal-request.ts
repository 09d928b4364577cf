import { GatewayError } from "../../core/errors.ts";
import { headerValue, type HeaderList } from "../../core/header-list.ts";
import { newId } from "../../core/ids.ts";
import { jsonSpan } from "../../core/json-span.ts";
import { isFieldValue } from "../../http1/parse-fields.ts";
import { RequestBody } from "../../http1/request-body.ts";
import type { ResponseSink } from "../../http1/response-sink.ts";
import type { IncomingRequest } from "../../http1/server-connection.ts";

/** What a message asks for. */
export type UniversalCommand =
  | { readonly type: "create"; readonly eventId: string; readonly body: Buffer }
  | { readonly type: "cancel"; readonly eventId: string };

/** A message that cannot be followed. `eventId` is what it named, if anything. */
export class MessageFault extends GatewayError {
  readonly eventId: string | null;

  constructor(eventId: string | null, path: string, message: string) {
    super("invalidRequest", { path, message });
    this.eventId = eventId;
  }
}

const MAX_EVENT_ID_LENGTH = 256;

/**
 * Reads a message of a client: `universal.create` with a `request` of the universal endpoint's form (reference §1.6) and an `eventId` in
 * it, or `universal.cancel` with an `eventId`. A request without an id of its own gets one.
 * @throws MessageFault (7001) saying what is wrong and what was expected.
 */
export function readCommand(message: Buffer): UniversalCommand {
  const parsed = parse(message);
  if (!isRecord(parsed)) throw new MessageFault(null, "", "a message must be a JSON object with type and request");
  const { type, request } = parsed;
  if (type === "universal.cancel") {
    return {
      type: "cancel",
      eventId: readEventId(parsed["eventId"] ?? (isRecord(request) ? request["eventId"] : undefined)),
    };
  }
  if (type !== "universal.create") {
    const got = JSON.stringify(type)?.slice(0, 64) ?? "nothing";
    throw new MessageFault(null, "type", `type must be universal.create or universal.cancel, got ${got}`);
  }
  if (!isRecord(request)) {
    throw new MessageFault(null, "request", "request must be an object with eventId, provider, endpoint and query");
  }
  const eventId = request["eventId"] === undefined ? newId() : readEventId(request["eventId"]);
  const span = jsonSpan(message, ["request"], "last");
  if (span === null) throw new MessageFault(eventId, "request", "request cannot be found in the message");
  return { type: "create", eventId, body: message.subarray(span.start, span.end) };
}

function parse(message: Buffer): unknown {
  try {
    return JSON.parse(message.toString("utf8"));
  } catch (error) {
    throw new MessageFault(null, "", `the message is not JSON: ${(error as Error).message}`);
  }
}

function readEventId(value: unknown): string {
  const isGood = typeof value === "string" && value !== "" && value.length <= MAX_EVENT_ID_LENGTH;
  if (isGood && isFieldValue(value) && value.trim() === value) return value;
  const message = `eventId must be a text of 1 to ${MAX_EVENT_ID_LENGTH} characters without line breaks and blanks around it`;
  throw new MessageFault(typeof value === "string" ? value.slice(0, MAX_EVENT_ID_LENGTH) : null, "eventId", message);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Fields of the handshake that say nothing of the requests made over its socket. */
const NOT_OF_REQUESTS =
  /^(?:sec-websocket-|content-|accept-encoding$|connection$|upgrade$|transfer-encoding$|expect$|te$)/;
/** What begins a subprotocol that stands for a field of the gateway: `cf-aig-{name}.{value}`. */
const FIELD_PROTOCOL = /^(cf-aig-[a-z0-9-]+)\.(.+)$/i;

/**
 * The fields that hold for every request made over a socket: those of its handshake, and those a browser, which can set none, offered as
 * subprotocols. No coding is accepted, because answers have to be read.
 */
export function socketFields(handshake: HeaderList, protocols: readonly string[]): string[] {
  const fields: string[] = [];
  for (let index = 0; index < handshake.length; index += 2) {
    const name = handshake[index] as string;
    if (!NOT_OF_REQUESTS.test(name)) fields.push(name, handshake[index + 1] as string);
  }
  for (const protocol of protocols) {
    const [, name, value] = FIELD_PROTOCOL.exec(protocol) ?? [];
    if (name === undefined || value === undefined) continue;
    if (headerValue(fields, name.toLowerCase()) === undefined) fields.push(name.toLowerCase(), value);
  }
  return fields;
}

const NO_SOURCE = { setReading: () => {}, bodyWanted: () => {} };

/** The request that a message stands for: as if its body had been posted to the universal endpoint. */
export function requestFrom(
  command: { readonly eventId: string; readonly body: Buffer },
  socket: { readonly opening: IncomingRequest; readonly fields: HeaderList; readonly nowMs: number },
  response: ResponseSink,
): IncomingRequest {
  const { eventId, body: bytes } = command;
  const { opening, nowMs } = socket;
  const framing = { kind: "length", sizeBytes: bytes.length } as const;
  const body = new RequestBody({ framing, source: NO_SOURCE, limitBytes: bytes.length });
  body.push(bytes);
  // The client's id goes before one that came with the handshake, which cannot be that of every request.
  const fields = socket.fields.filter((_, index) => socket.fields[index - (index % 2)] !== "cf-aig-event-id");
  const headers = [
    ...fields,
    "content-type",
    "application/json",
    "cf-aig-event-id",
    Buffer.from(eventId).toString("latin1"),
  ];
  const { target } = opening.head;
  const head = { method: "POST", target, headers, framing, keepAlive: true, expectsContinue: false, isHttp10: false };
  return { head, body, response, receivedAtMs: nowMs, remoteAddress: opening.remoteAddress };
}
