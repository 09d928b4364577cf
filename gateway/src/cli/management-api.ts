import { readFile } from "node:fs/promises";
import { exitStatus, type ExitStatus, StartError } from "../supervisor/exit-status.ts";
import { baseUrl } from "./base-url.ts";
import { UsageError } from "./usage-error.ts";

/** The management API of a running gateway, and how to reach it. */
export interface ManagementApi {
  /** Where it is, without a slash at the end. */
  readonly url: string;
  /** Token of the management API; null for none. */
  readonly token: string | null;
}

/** One call. */
export interface ManagementCall {
  /** With its query. */
  readonly path: string;
  /** Default: POST with a body, GET without. */
  readonly method?: "PATCH" | "PUT" | "DELETE";
  /** Sent as JSON. */
  readonly body?: object;
  readonly signal?: AbortSignal;
}

/**
 * The gateway that `HEADGATE_URL` names, else the one that this configuration would start. The token is `HEADGATE_ADMIN_TOKEN`; without it, for
 * a gateway of one's own, the one that its data directory holds while it runs.
 * @throws UsageError for a URL that is none, ConfigError.
 */
export async function ownManagementApi(): Promise<ManagementApi> {
  const url = process.env["HEADGATE_URL"] ?? "";
  const token = process.env["HEADGATE_ADMIN_TOKEN"] ?? "";
  if (url !== "" && !/^https?:\/\/[^/?#\s]+/.test(url)) {
    throw new UsageError(`HEADGATE_URL takes a URL such as http://127.0.0.1:8787, got ${JSON.stringify(url)}`);
  }
  const given = token === "" ? null : token;
  if (url !== "") return { url: url.replace(/\/+$/, ""), token: given };
  const { loadOwnConfig } = await import("./load-own-config.ts");
  const { config } = loadOwnConfig();
  return { url: baseUrl(config), token: given ?? (await ownToken(config.dataDirectory)) };
}

async function ownToken(dataDirectory: string): Promise<string | null> {
  const { localTokenPath } = await import("../control/local-token.ts");
  try {
    return (await readFile(localTokenPath(dataDirectory), "utf8")).trim();
  } catch {
    return null;
  }
}

/**
 * The body of an answer, as text that comes bit by bit.
 * @throws StartError with the API's own words for a refusal (66 nothing there, 77 token, 64 otherwise), 69 when the gateway cannot be reached.
 */
export async function askManagement(api: ManagementApi, call: ManagementCall): Promise<ReadableStream<Uint8Array>> {
  const answer = await reach(api, call);
  if (answer.ok && answer.body !== null) return answer.body;
  throw new StartError(`${api.url}: ${await refusalText(answer)}`, refusalStatus(answer.status));
}

/**
 * What one's own gateway answers in `result`.
 * @throws UsageError, ConfigError and StartError as `ownManagementApi` and `askManagement` do.
 */
export async function askResult(call: ManagementCall): Promise<unknown> {
  const text = await new Response(await askManagement(await ownManagementApi(), call)).text();
  return (JSON.parse(text) as { readonly result: unknown }).result;
}

async function reach(api: ManagementApi, { path, method, body, signal }: ManagementCall): Promise<Response> {
  const headers = {
    ...(api.token === null ? {} : { authorization: `Bearer ${api.token}` }),
    ...(body === undefined ? {} : { "content-type": "application/json" }),
  };
  const content = body === undefined ? {} : { body: JSON.stringify(body) };
  const sent = { method: method ?? (body === undefined ? "GET" : "POST"), ...content };
  const ending = signal === undefined ? {} : { signal };
  try {
    // A tail is silent for as long as nothing happens.
    const options: object = { ...sent, ...ending, headers, redirect: "error", timeout: false };
    return await fetch(`${api.url}${path}`, options);
  } catch (error) {
    if (signal?.aborted === true) throw error;
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
  if (status === 400 || status === 409) return exitStatus.usage;
  return status === 404 ? exitStatus.noInput : exitStatus.unavailable;
}
