import { join } from "node:path";
import type { Clock } from "../../src/core/clock.ts";
import type { OidcSettings } from "../../src/core/sign-in-settings.ts";
import { defaultGatewaySettings } from "../../src/core/gateway-settings.ts";
import { startIdentity } from "../../src/control/start-identity.ts";
import { createRouter } from "../../src/management/router.ts";
import { openInstallationKeys } from "../../src/secrets/installation-keys.ts";
import { combineSettings } from "../../src/settings/combine-settings.ts";
import { openSettingsDesk } from "../../src/settings/settings-desk.ts";
import { openDatabase } from "../../src/stores/sqlite/open-database.ts";
import { settingsMigrations } from "../../src/stores/sqlite/settings-migrations.ts";
import { openSqliteSessionStore } from "../../src/stores/sqlite/sqlite-session-store.ts";
import { openSqliteSettingsStore } from "../../src/stores/sqlite/sqlite-settings-store.ts";
import { checkAnswers } from "./check-answers.ts";
import { temporaryDirectory } from "./temporary-directory.ts";
import { testKeyMaterial } from "./test-keys.ts";

const adminToken = "hg-test-admin-token-0123456789";

/** What a test says of a request; JSON unless it says otherwise. */
export interface AskOptions {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A browser on this machine: keeps its cookies, and sends the session's token with changes once it has one. */
export interface Browser {
  ask(path: string, options?: AskOptions): Promise<BrowserAnswer>;
  /** Name and value of each cookie. */
  readonly cookies: Map<string, string>;
}

/** An answer with its `set-cookie` fields. */
export interface BrowserAnswer {
  readonly status: number;
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly result: any;
  readonly errors: readonly { readonly code: number; readonly message: string; readonly path?: readonly string[] }[];
  readonly headers: Headers;
}

/** What a test changes. */
export interface FixtureOptions {
  readonly oidc?: OidcSettings | null;
  readonly startMs?: number;
}

/** The routes of identities over real stores with accounts `acme` and `other`, and a clock that the test moves. */
export async function startIdentityFixture({
  oidc = null,
  startMs = Date.parse("2026-11-22T12:00:00Z"),
}: FixtureOptions = {}) {
  const logged: object[] = [];
  const directory = temporaryDirectory();
  const database = openDatabase(join(directory.path, "settings.db"), { migrations: settingsMigrations });
  let nowMs = startMs;
  const clock: Clock = { nowMs: () => nowMs, monotonicMs: () => nowMs };
  const store = openSqliteSettingsStore(database);
  const accounts = Object.fromEntries(
    ["acme", "other"].map((id) => [id, { gateways: { main: defaultGatewaySettings }, logpush: [], providers: {} }]),
  );
  const desk = await openSettingsDesk({
    store,
    combine: (stored) => combineSettings({ accounts, providers: {}, host: "127.0.0.1" }, stored),
    check: () => {},
    stage: () => ({ commit() {}, discard() {} }),
    clock,
  });
  const identity = await startIdentity({
    dataDirectory: directory.path,
    desk,
    sessionStore: openSqliteSessionStore(database),
    keys: openInstallationKeys(testKeyMaterial),
    adminToken,
    clock,
    oidc,
    log: (_level, event, fields) => void logged.push({ event, ...fields }),
  });
  const faults: unknown[] = [];
  const route = createRouter(checkAnswers([...identity.routes]), {
    identify: identity.identify,
    onFault: (error) => void faults.push(error),
  });
  const send = async (
    path: string,
    { method = "GET", body, headers = {} }: AskOptions = {},
  ): Promise<BrowserAnswer> => {
    const all = {
      "x-headgate-local": "true",
      "x-headgate-address": "127.0.0.1",
      "content-type": "application/json",
      ...headers,
    };
    const content = body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) };
    const answer = await route(new Request(`http://localhost:8787${path}`, { method, headers: all, ...content }));
    const text = await answer.text();
    const parsed = text.startsWith("{") ? (JSON.parse(text) as object) : { result: text, errors: [] };
    return { status: answer.status, headers: answer.headers, ...(parsed as Pick<BrowserAnswer, "result" | "errors">) };
  };
  return {
    faults,
    /** Lines of the process log. */
    logged,
    store,
    desk,
    send,
    /** As the holder of the admin token. */
    asAdmin: (path: string, options: AskOptions = {}) =>
      send(path, { ...options, headers: { authorization: `Bearer ${adminToken}`, ...options.headers } }),
    browser: (fixed: Readonly<Record<string, string>> = {}): Browser => openBrowser(send, fixed),
    pass: (durationMs: number) => void (nowMs += durationMs),
    [Symbol.dispose]() {
      identity.stop();
      database.close();
      directory[Symbol.dispose]();
    },
  };
}

function openBrowser(
  send: (path: string, options?: AskOptions) => Promise<BrowserAnswer>,
  fixed: Readonly<Record<string, string>>,
): Browser {
  const cookies = new Map<string, string>();
  let csrfToken: string | null = null;
  return {
    cookies,
    async ask(path, options = {}) {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
      const answer = await send(path, {
        ...options,
        headers: {
          ...fixed,
          ...(cookie === "" ? {} : { cookie }),
          ...(csrfToken === null ? {} : { "x-csrf-token": csrfToken }),
          ...options.headers,
        },
      });
      for (const line of answer.headers.getSetCookie()) {
        const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        if (line.includes("Max-Age=0")) cookies.delete(name);
        else cookies.set(name, value);
      }
      const told = (answer.result as { csrf_token?: string } | null)?.csrf_token;
      if (typeof told === "string") csrfToken = told;
      return answer;
    },
  };
}
