import Cloudflare from "cloudflare";
import { findRoute, buildRouteTree } from "../../src/management/route-tree.ts";
import { identityRoutes } from "../../src/management/identity-routes.ts";
import { settingsRoutes } from "../../src/management/settings-routes.ts";
import type { SettingsRoutesOptions } from "../../src/management/settings-routes-options.ts";
import { answerFault } from "./check-answers.ts";
import { type HeadgateProcess, type RunOptions, runHeadgateProcess, servedUrl } from "./headgate-process.ts";

/** May do everything. */
export const adminToken = "hg-test-admin-token-0123456789";

/** A real gateway process and the vendor's own SDK pointed at its management API. */
export interface ManagedGateway extends AsyncDisposable {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly client: Cloudflare;
  readonly headgate: HeadgateProcess;
  /** Asks as the SDK does, for what it has no method for; answers status and body. `path` begins after `/client/v4`, or with `/api`. */
  ask(method: string, path: string, body?: unknown): Promise<AskedAnswer>;
}

/** An answer as it came. */
export interface AskedAnswer {
  readonly status: number;
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly result: any;
  readonly errors: readonly { readonly code: number; readonly message: string; readonly path?: readonly string[] }[];
  readonly messages: readonly { readonly code: number; readonly message: string }[];
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly result_info?: any;
}

/** Starts one with an admin token. Every answer is held against what its route declares. */
export async function startManagedGateway(options: RunOptions = {}): Promise<ManagedGateway> {
  const environment = { HEADGATE_ADMIN_TOKEN: adminToken, ...options.environment };
  const headgate = runHeadgateProcess({ ...options, environment });
  const url = await servedUrl(headgate);
  const baseURL = `${url}/client/v4`;
  return {
    url,
    headgate,
    client: new Cloudflare({ baseURL, apiToken: adminToken, maxRetries: 0, fetch: checkedFetch }),
    async ask(method, path, body) {
      const init = body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) };
      const answer = await checkedFetch(path.startsWith("/api") ? url + path : baseURL + path, {
        method,
        headers: { authorization: `Bearer ${adminToken}` },
        ...init,
      });
      return { status: answer.status, ...((await answer.json()) as Omit<AskedAnswer, "status">) };
    },
    [Symbol.asyncDispose]: () => headgate[Symbol.asyncDispose](),
  };
}

// Handlers are not called here: the routes are looked at for what they declare.
const declared = buildRouteTree([
  ...settingsRoutes({ dialects: ["any"] } as unknown as SettingsRoutesOptions),
  ...identityRoutes({} as Parameters<typeof identityRoutes>[0]),
]);

async function checkedFetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const answer = await fetch(input, init);
  const [url, method] = input instanceof Request ? [input.url, input.method] : [String(input), init?.method ?? "GET"];
  const route = findRoute(declared, new URL(url).pathname)?.routes.get(method.toUpperCase());
  const fault = route === undefined ? null : await answerFault(route, answer);
  if (fault !== null) throw new Error(fault);
  return answer;
}

/** What a call of the SDK throws. */
export async function thrownBy(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    (result) => {
      throw new Error(`It answered ${JSON.stringify(result)}`);
    },
    (error: unknown) => error,
  );
}

/** Every element of a paged list. */
export async function allOf<Element>(list: AsyncIterable<Element>): Promise<Element[]> {
  const elements: Element[] = [];
  for await (const element of list) elements.push(element);
  return elements;
}
