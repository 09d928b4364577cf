import { exitStatus, type ExitStatus, StartError } from "../supervisor/exit-status.ts";
import type { LogsQuery } from "./logs-query.ts";

/** The gateway whose logs are read, and how. */
export interface LogsApi {
  /** Where it is, without a slash at the end. */
  readonly url: string;
  /** Token of the management API; null for none. */
  readonly token: string | null;
  readonly accountId: string;
  readonly gatewayId: string;
}

/** What one call to the API asks. */
export interface LogsCall {
  readonly endpoint: "export" | "tail";
  readonly query: LogsQuery;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/**
 * The body of an answer, as text that comes bit by bit.
 * @throws StartError with the API's own words for a refusal (66 nothing there, 77 token, 64 otherwise), 69 when the gateway cannot be reached.
 */
export async function askLogs(api: LogsApi, call: LogsCall): Promise<ReadableStream<Uint8Array>> {
  const query = new URLSearchParams(call.parameters ?? {});
  if (call.query.filters.length > 0) query.set("filters", JSON.stringify(call.query.filters));
  if (call.query.search !== null) query.set("search", call.query.search);
  const path = `/client/v4/accounts/${api.accountId}/ai-gateway/gateways/${api.gatewayId}/logs/${call.endpoint}`;
  const answer = await reach(`${api.url}${path}?${query}`, api, call.signal);
  if (answer.ok && answer.body !== null) return answer.body;
  throw new StartError(`${api.url}: ${await refusalText(answer)}`, refusalStatus(answer.status));
}

async function reach(url: string, api: LogsApi, signal: AbortSignal): Promise<Response> {
  const headers = api.token === null ? {} : { authorization: `Bearer ${api.token}` };
  try {
    // A tail is silent for as long as nothing happens.
    return await fetch(url, { headers, signal, redirect: "error", timeout: false } as RequestInit);
  } catch (error) {
    if (signal.aborted) throw error;
    throw new StartError(
      `No gateway answers on ${api.url}. Start one there, or set HEADGATE_URL to where yours is.`,
      exitStatus.unavailable,
    );
  }
}

async function refusalText(answer: Response): Promise<string> {
  const text = await answer.text();
  try {
    const { errors } = JSON.parse(text) as { errors: readonly { message: string; path?: readonly string[] }[] };
    const told = errors.map(({ message, path }) => (path === undefined ? message : `${message} (${path.join(".")})`));
    if (answer.status === 401 || answer.status === 403) return `${told.join("; ")}. Is HEADGATE_ADMIN_TOKEN right?`;
    return told.join("; ");
  } catch {
    return `answered ${answer.status} and not as a gateway does`;
  }
}

function refusalStatus(status: number): ExitStatus {
  if (status === 401 || status === 403) return exitStatus.noPermission;
  if (status === 400) return exitStatus.usage;
  return status === 404 ? exitStatus.noInput : exitStatus.unavailable;
}
