import { randomBytes } from "node:crypto";
import { type AccessToken, unbound } from "../access/access-token.ts";
import { tokenFinder } from "../access/find-token.ts";
import { openPasswords } from "../access/password.ts";
import { openSignInGuard } from "../access/sign-in-guard.ts";
import { hashToken, newTokenText, shownParts } from "../access/token-text.ts";
import type { Clock } from "../core/clock.ts";
import type { JsonObject } from "../core/gateway-settings.ts";
import type { OidcSettings } from "../core/sign-in-settings.ts";
import { newId } from "../core/ids.ts";
import { auditDraft } from "../management/audit-draft.ts";
import { callerIdentifier } from "../management/identity/identify-caller.ts";
import { identityRoutes } from "../management/identity-routes.ts";
import { signedInBy } from "../management/session/caller-of-session.ts";
import { openOidcClient } from "../management/session/oidc-client.ts";
import type { OidcRoutesOptions } from "../management/session/oidc-routes-options.ts";
import { openPendingSignIns } from "../management/session/pending-sign-ins.ts";
import { openSessionDesk } from "../management/session/session-desk.ts";
import type { Route } from "../management/route.ts";
import type { RouterOptions } from "../management/router.ts";
import { createSecretResolver } from "../secrets/resolve-secret.ts";
import type { ProcessLog } from "../supervisor/process-log.ts";
import type { InstallationKeys } from "../secrets/installation-keys.ts";
import { accessTokenOf, type TokenValue } from "../settings/access-token-object.ts";
import type { SettingsDesk } from "../settings/settings-desk.ts";
import type { SettingsModel } from "../settings/settings-model.ts";
import { allUsers } from "../settings/user-object.ts";
import type { SessionStore } from "../stores/ports/session-store.ts";
import { publishLocalToken } from "./local-token.ts";

/** Who may manage, and the routes by which that is managed. */
export interface Identity {
  readonly identify: NonNullable<RouterOptions["identify"]>;
  readonly routes: readonly Route[];
  /** Text of the token that was made because nobody could have managed otherwise; null when none was. */
  readonly firstToken: string | null;
  stop(): void;
}

/** What identities are kept and checked with. */
export interface IdentityOptions {
  readonly dataDirectory: string;
  readonly desk: SettingsDesk;
  readonly sessionStore: SessionStore;
  readonly keys: Pick<InstallationKeys, "tokenHashKey" | "sessionKey">;
  /** `HEADGATE_ADMIN_TOKEN`; null when it is not set. */
  readonly adminToken: string | null;
  readonly clock: Clock;
  /** Null when there is no identity provider. */
  readonly oidc: OidcSettings | null;
  readonly log: ProcessLog;
}

/** Starts telling callers apart. The first start without `HEADGATE_ADMIN_TOKEN` makes a token that may do everything. */
export async function startIdentity(options: IdentityOptions): Promise<Identity> {
  const { dataDirectory, desk, keys, adminToken, clock } = options;
  const hash = (text: string): string => hashToken(keys.tokenHashKey, text);
  const firstToken = adminToken === null && !hasOwner(desk.current) ? await makeFirstToken(desk, hash) : null;
  const localToken = newTokenText(randomBytes);
  const sign = (text: string): string => hashToken(keys.sessionKey, text);
  const sessions = openSessionDesk({ store: options.sessionStore, sign, randomBytes, clock });
  const withdraw = publishLocalToken(dataDirectory, localToken);
  return {
    identify: callerIdentifier({
      findToken: finderOf(desk, keys.tokenHashKey),
      adminToken,
      localToken,
      signedIn: (headers) => signedInBy(headers, { desk, sessions }),
      clock,
    }),
    routes: identityRoutes({
      desk,
      sessions,
      hashToken: hash,
      randomBytes,
      passwords: openPasswords(),
      guard: openSignInGuard(clock),
      oidc: options.oidc === null ? null : oidcOf(options.oidc, options),
      clock,
    }),
    firstToken,
    stop: withdraw,
  };
}

function oidcOf(
  settings: OidcSettings,
  { dataDirectory, clock, log }: IdentityOptions,
): NonNullable<OidcRoutesOptions["oidc"]> {
  const resolveSecret = createSecretResolver(dataDirectory);
  return {
    settings,
    client: openOidcClient({ settings, resolveSecret, nowMs: () => clock.nowMs() }),
    pending: openPendingSignIns(clock),
    newFlowId: () => randomBytes(32).toString("base64url"),
    onFailure: (cause) => log("warn", "oidc_failed", { issuer: settings.issuer, cause }),
  };
}

/** Looks tokens up in the model of the moment. */
function finderOf(desk: SettingsDesk, key: Buffer): (text: string) => AccessToken | null {
  let known: { model: SettingsModel; find: (text: string) => AccessToken | null } | null = null;
  return (text) => {
    const model = desk.current;
    if (known?.model !== model) {
      const tokens = ["", ...model.accountIds].flatMap((accountId) => model.list(accountId, "token"));
      known = { model, find: tokenFinder(tokens.map(accessTokenOf), key) };
    }
    return known.find(text);
  };
}

/** Whether somebody could manage everything. */
function hasOwner(model: SettingsModel): boolean {
  const tokens = model.list("", "token").map(accessTokenOf);
  if (tokens.some(({ groups, status }) => status === "active" && groups.includes("Headgate Owner"))) return true;
  return allUsers(model).some(
    ({ roles, status, passwordHash, subject }) =>
      status === "active" && roles["*"] === "owner" && (passwordHash !== null || subject !== null),
  );
}

async function makeFirstToken(desk: SettingsDesk, hash: (text: string) => string): Promise<string> {
  const text = newTokenText(randomBytes);
  const id = newId().replaceAll("-", "");
  const token: TokenValue = {
    name: "first start",
    hash: hash(text),
    ...shownParts(text),
    groups: ["Headgate Owner"],
    ...unbound,
    userId: null,
  };
  const { hash: _, ...shown } = token;
  const key = { accountId: "", kind: "token", id } as const;
  await desk.change({ type: "system", id: "first start", email: null, ip: null }, () => ({
    writes: [{ put: { ...key, value: token as unknown as JsonObject } }],
    audit: [
      auditDraft("api_token", "created", { accountId: "", id, before: null, after: shown as unknown as JsonObject }),
    ],
    result: null,
  }));
  return text;
}
