import { errorCatalogue } from "../../src/core/errors.ts";
import { managementErrors } from "../../src/management/management-error.ts";
import type { RequestCase } from "./fuzz-case.ts";
import { upstreamMark } from "./fuzz-upstream.ts";
import type { Outcome, ReceivedAnswer } from "./send-request.ts";

const known = new Set(
  [...Object.values(errorCatalogue), ...Object.values(managementErrors)].map(({ code, status }) => `${status} ${code}`),
);
const knownStatuses = new Set<number>(Object.values(errorCatalogue).map(({ status }) => status));
/** Thrown by nobody on purpose. */
const unexpected = `${errorCatalogue.internal.status} ${errorCatalogue.internal.code}`;

/** What is wrong with an outcome; null when nothing is. */
export function outcomeFault(request: RequestCase, outcome: Outcome, secrets: readonly string[]): string | null {
  const { answer, isClosed, received } = outcome;
  if (secrets.some((secret) => received.includes(secret))) return "a secret stands in the answer";
  if (request.mustEnd && !isClosed) return "the connection did not end";
  if (request.isWhole && answer === null && !isClosed) return "neither an answer nor the connection's end";
  if (answer === null) return null;
  // The answer to HEAD has no body to tell a code.
  if (request.method === "HEAD")
    return knownStatuses.has(answer.status) || answer.status < 500 ? null : `status ${answer.status}`;
  return answerFault(answer);
}

function answerFault({ status, head, body }: ReceivedAnswer): string | null {
  if (status === 0) return "what came is no answer";
  if (status < 500 || new RegExp(`\\r\\n${upstreamMark}: `, "i").test(head)) return null;
  const text = /\r\ntransfer-encoding: *chunked/i.test(head)
    ? body.slice(body.indexOf("{"), body.lastIndexOf("}") + 1)
    : body;
  const shown = `${status} ${text.slice(0, 300)}`;
  // What asks whether the gateway is ready gets its checks.
  if (status === 503 && text.startsWith('{"status":"unready"')) return null;
  const row = `${status} ${codeIn(text)}`;
  if (row === unexpected) return `an error nobody threw on purpose: ${shown}`;
  return known.has(row) ? null : `no entry of the error catalogue: ${shown}`;
}

function codeIn(text: string): unknown {
  try {
    const { internalCode, errors } = JSON.parse(text) as { internalCode?: unknown; errors?: { code: unknown }[] };
    return internalCode ?? errors?.[0]?.code;
  } catch {
    return undefined;
  }
}
