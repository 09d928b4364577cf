import { headerValue, type HeaderList } from "../../core/header-list.ts";

/** What every message about an answer tells of it (reference §1.9). */
export interface AnswerMetadata {
  readonly cacheStatus: string;
  readonly eventId: string;
  readonly logId: string;
  /** Index of the universal step that answered, as a text. */
  readonly step: string;
  readonly contentType: string;
  /** The provider's status where it is not 2xx; Headgate's own addition. */
  readonly statusCode?: number;
}

/** Reads the metadata off the head of an answer. */
export function answerMetadata(eventId: string, status: number, headers: HeaderList): AnswerMetadata {
  const isOk = status >= 200 && status <= 299;
  return {
    cacheStatus: headerValue(headers, "cf-aig-cache-status") ?? "MISS",
    eventId,
    logId: headerValue(headers, "cf-aig-log-id") ?? "",
    step: headerValue(headers, "cf-aig-step") ?? "0",
    contentType: headerValue(headers, "content-type") ?? "",
    ...(isOk ? {} : { statusCode: status }),
  };
}

/** An answer begins that is streamed. */
export function createdMessage(metadata: AnswerMetadata): string {
  return JSON.stringify({ type: "universal.created", metadata });
}

/** A whole answer. @param response a JSON text, put in as it is. */
export function answerMessage(metadata: AnswerMetadata, response: string): string {
  return `{"type":"universal.created","metadata":${JSON.stringify(metadata)},"response":${response}}`;
}

/** One event of a streamed answer. @param response a JSON text, put in as it is. */
export function eventMessage(eventId: string, response: string): string {
  return `{"type":"universal.stream","metadata":${JSON.stringify({ eventId })},"response":${response}}`;
}

/** A streamed answer is whole. */
export function doneMessage(metadata: AnswerMetadata): string {
  return JSON.stringify({ type: "universal.done", metadata });
}

/** What was asked for ended because the client wanted it. */
export function cancelledMessage(eventId: string): string {
  return JSON.stringify({ type: "universal.cancelled", metadata: { eventId } });
}

/** Something went wrong. @param eventId of the request it concerns; null when the message named none. */
export function errorMessage(
  eventId: string | null,
  error: { readonly code: number; readonly message: string },
): string {
  const { code, message } = error;
  return JSON.stringify({ type: "error", error: [{ code, message }], metadata: eventId === null ? {} : { eventId } });
}

/** The text as it is when it is JSON, else as a JSON string. */
export function asJson(text: string): string {
  try {
    JSON.parse(text);
    return text;
  } catch {
    return JSON.stringify(text);
  }
}
