import type { LedgerEntry } from "../../core/ledger-entry.ts";
import { foldStream } from "./fold-stream.ts";
import { type ConventionMessage, inputMessages, outputMessages } from "./chat-messages.ts";

/** What was asked and answered, each as JSON text; a member is null when it was not kept whole, is no JSON, or says nothing. */
export interface SpanContent {
  /** The messages, or what stands in their place, as the client sent them. */
  readonly prompt: string | null;
  /** The answer as the provider sent it; of an event stream the array of its events. */
  readonly completion: string | null;
  /** The same in the form of the semantic conventions. */
  readonly input: string | null;
  readonly output: string | null;
}

/** The members in which requests hold what is asked, in the order in which they are looked for. */
const promptMembers = ["messages", "input", "contents", "prompt"] as const;

/** Reads what an entry kept of its bodies. */
export function readContent(entry: LedgerEntry): SpanContent {
  const request = entry.isRequestComplete ? parse(entry.request?.toString()) : undefined;
  const answer = entry.isResponseComplete ? readAnswer(entry) : null;
  return {
    prompt: request === undefined ? null : JSON.stringify(promptOf(request)),
    completion: answer?.completion ?? null,
    input: asText(inputMessages(request)),
    output: asText(answer?.messages ?? []),
  };
}

function readAnswer(entry: LedgerEntry): { completion: string; messages: readonly ConventionMessage[] } | null {
  const text = entry.response?.toString();
  if (text === undefined) return null;
  const whole = parse(text);
  if (whole !== undefined) return { completion: text, messages: outputMessages(whole) };
  if (!entry.record.streamed) return null;
  const events = eventsOf(text);
  return events.length === 0 ? null : { completion: JSON.stringify(events), messages: foldStream(events) };
}

/** The payloads of an event stream or of lines of JSON; what is no JSON, such as end marks, is left out. */
function eventsOf(text: string): unknown[] {
  return text.split(/\r\n|\r|\n/).flatMap((line) => {
    const event = parse(line.startsWith("data:") ? line.slice(5) : line);
    return typeof event === "object" && event !== null ? [event] : [];
  });
}

function promptOf(request: unknown): unknown {
  if (typeof request !== "object" || request === null) return request;
  const name = promptMembers.find((member) => member in request);
  return name === undefined ? request : (request as Record<string, unknown>)[name];
}

function asText(messages: readonly ConventionMessage[]): string | null {
  return messages.length === 0 ? null : JSON.stringify(messages);
}

function parse(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
