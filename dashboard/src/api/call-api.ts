import type { Operations } from "./generated/operations.ts";
import { storedCsrfToken, storedToken } from "./session.ts";

/** Name of an operation: `GET /client/v4/accounts`. */
export type OperationName = keyof Operations;

/** What an operation is asked: path, query, body, and what aborts it. */
export type Asked<Name extends OperationName> = Operations[Name]["asked"];

/** What a list says of itself beside its rows. */
export interface ResultInfo {
  readonly count: number;
  readonly page: number;
  readonly per_page: number;
  readonly total_count: number;
  readonly [member: string]: unknown;
}

/** An answer: what was asked for, and what is to be told besides. */
export interface ApiAnswer<Name extends OperationName> {
  readonly result: Operations[Name]["result"];
  readonly info: ResultInfo | null;
  /** Texts for people, such as fields that have no effect yet. */
  readonly notices: readonly string[];
}

/** A refusal in the API's own words. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: number;
  /** Where the fault lies, as `body.retry_delay`; null for nowhere in particular. */
  readonly path: string | null;

  constructor(
    status: number,
    fault: { readonly code?: number; readonly message?: string; readonly path?: readonly string[] },
  ) {
    super(fault.message ?? `The server answered ${status}`);
    this.name = "ApiError";
    this.status = status;
    this.code = fault.code ?? 0;
    this.path = fault.path?.join(".") ?? null;
  }
}

/**
 * Calls the management API.
 * @throws ApiError for a refusal; with status 0 when the server cannot be reached.
 */
export async function callApi<Name extends OperationName>(name: Name, asked: Asked<Name>): Promise<ApiAnswer<Name>> {
  const answer = await request(name, asked as Request);
  const text = await answer.text();
  const parsed = isJson(answer) ? (JSON.parse(text) as Envelope) : null;
  if (!answer.ok) throw refusal(answer.status, parsed);
  const isEnvelope = parsed !== null && typeof parsed === "object" && "success" in parsed && "result" in parsed;
  return {
    result: (isEnvelope ? parsed.result : (parsed ?? text)) as Operations[Name]["result"],
    info: parsed?.result_info ?? null,
    notices: (parsed?.messages ?? []).map((each) => (typeof each === "string" ? each : each.message)),
  };
}

/**
 * Calls the management API for what is no envelope: streams, downloads and bodies as they were kept.
 * @throws ApiError as `callApi` does; the answer's own bytes are never read here.
 */
export async function readApi<Name extends OperationName>(name: Name, asked: Asked<Name>): Promise<Response> {
  const answer = await request(name, asked as Request);
  if (answer.ok) return answer;
  throw refusal(answer.status, isJson(answer) ? ((await answer.json()) as Envelope) : null);
}

function isJson(answer: Response): boolean {
  return answer.headers.get("content-type")?.includes("json") === true;
}

function refusal(status: number, envelope: Envelope | null): ApiError {
  return new ApiError(status, envelope?.errors?.[0] ?? {});
}

interface Request {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

interface Envelope {
  readonly result?: unknown;
  readonly errors?: readonly { readonly code: number; readonly message: string; readonly path?: readonly string[] }[];
  readonly messages?: readonly (string | { readonly message: string })[];
  readonly result_info?: ResultInfo;
}

async function request(name: OperationName, { path = {}, query = {}, body, signal }: Request): Promise<Response> {
  const [method = "GET", template = ""] = name.split(" ");
  const url = template.replace(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(path[key] ?? ""));
  try {
    return await fetch(url + queryText(query), {
      method,
      headers: credentialHeaders(body !== undefined),
      credentials: "same-origin",
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw new ApiError(0, { message: "The gateway cannot be reached. Is it running?" });
  }
}

/** Fields that tell who asks; for streams and downloads as well. */
function credentialHeaders(hasBody = false): Record<string, string> {
  const token = storedToken();
  const csrfToken = storedCsrfToken();
  return {
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    ...(csrfToken === null ? {} : { "x-csrf-token": csrfToken }),
    ...(hasBody ? { "content-type": "application/json" } : {}),
  };
}

function queryText(query: Readonly<Record<string, unknown>>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === null || value === "") continue;
    // A list of objects is one parameter, a list of texts is as many as there are texts.
    const isWhole = Array.isArray(value) && typeof value[0] === "object";
    for (const each of Array.isArray(value) && !isWhole ? value : [value]) {
      parameters.append(name, typeof each === "object" ? JSON.stringify(each) : String(each));
    }
  }
  const text = parameters.toString();
  return text === "" ? "" : `?${text}`;
}
