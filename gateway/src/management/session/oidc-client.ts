import * as oidc from "openid-client";
import type { OidcSettings } from "../../core/sign-in-settings.ts";

/** What the identity provider said of a person. */
export interface OidcIdentity {
  /** Issuer and subject: who they are there, for good. */
  readonly subject: string;
  readonly email: string | null;
  readonly isEmailVerified: boolean;
  readonly name: string;
  readonly groups: readonly string[];
}

/** What one sign-in has to be held against when the browser comes back. */
export interface OidcChecks {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

/** The identity provider, asked over OpenID Connect's code flow with PKCE (RFC 7636). */
export interface OidcClient {
  /** Where to send the browser, and what to remember meanwhile. Rejects when the provider cannot be reached. */
  begin(redirectUri: string): Promise<{ readonly url: string; readonly checks: OidcChecks }>;
  /** @param callbackUrl as the browser was sent to it. Rejects when anything in it, or in the provider's answers, is not as it has to be. */
  finish(callbackUrl: URL, checks: OidcChecks): Promise<OidcIdentity>;
}

/** The provider's own configuration is read anew after so long. */
const REDISCOVER_MS = 3_600_000;
const TIMEOUT_SECONDS = 15;

/** What asking a provider takes. */
export interface OidcClientOptions {
  readonly settings: OidcSettings;
  /** The secret behind a reference; null when there is none by now. */
  readonly resolveSecret: (reference: string) => Promise<string | null>;
  readonly nowMs: () => number;
}

/** A client of the provider that the settings name. */
export function openOidcClient({ settings, resolveSecret, nowMs }: OidcClientOptions): OidcClient {
  let known: { readonly configuration: oidc.Configuration; readonly atMs: number } | null = null;
  const configuration = async (): Promise<oidc.Configuration> => {
    if (known !== null && nowMs() - known.atMs < REDISCOVER_MS) return known.configuration;
    known = { configuration: await discover(settings, resolveSecret), atMs: nowMs() };
    return known.configuration;
  };
  return {
    async begin(redirectUri) {
      const checks = {
        state: oidc.randomState(),
        nonce: oidc.randomNonce(),
        codeVerifier: oidc.randomPKCECodeVerifier(),
      };
      const url = oidc.buildAuthorizationUrl(await configuration(), {
        redirect_uri: redirectUri,
        scope: [...new Set(["openid", ...settings.scopes])].join(" "),
        state: checks.state,
        nonce: checks.nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(checks.codeVerifier),
        code_challenge_method: "S256",
      });
      return { url: url.href, checks };
    },
    async finish(callbackUrl, { state, nonce, codeVerifier }) {
      const asked = await configuration();
      const tokens = await oidc.authorizationCodeGrant(asked, callbackUrl, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: codeVerifier,
        idTokenExpected: true,
      });
      const claims = tokens.claims() as Readonly<Record<string, unknown>> & {
        readonly iss: string;
        readonly sub: string;
      };
      const isWhole = claims["email"] !== undefined && claims[settings.groups_claim] !== undefined;
      const hasMore = !isWhole && asked.serverMetadata().userinfo_endpoint !== undefined;
      const more = hasMore ? await oidc.fetchUserInfo(asked, tokens.access_token, claims.sub) : {};
      return identityOf({ ...more, ...claims }, settings);
    },
  };
}

async function discover(
  settings: OidcSettings,
  resolveSecret: (reference: string) => Promise<string | null>,
): Promise<oidc.Configuration> {
  const issuer = new URL(settings.issuer);
  const secret = settings.client_secret === null ? null : await resolveSecret(settings.client_secret);
  if (settings.client_secret !== null && secret === null) {
    throw new Error(`sign_in.oidc.client_secret: there is nothing behind ${settings.client_secret}`);
  }
  // The settings let http through for this machine alone.
  const execute = issuer.protocol === "http:" ? [oidc.allowInsecureRequests] : [];
  const authentication = secret === null ? oidc.None() : undefined;
  return oidc.discovery(issuer, settings.client_id, secret ?? undefined, authentication, {
    timeout: TIMEOUT_SECONDS,
    execute,
  });
}

function identityOf(
  claims: Readonly<Record<string, unknown>> & { readonly iss: string; readonly sub: string },
  { groups_claim: groupsClaim }: OidcSettings,
): OidcIdentity {
  const { email, name, email_verified: isVerified } = claims;
  const groups = claims[groupsClaim];
  return {
    subject: `${claims.iss} ${claims.sub}`,
    email: typeof email === "string" ? email : null,
    // Some providers write it as a text.
    isEmailVerified: isVerified === true || isVerified === "true",
    name: typeof name === "string" ? name.slice(0, 120) : "",
    groups: (Array.isArray(groups) ? groups : [groups]).filter((group) => typeof group === "string"),
  };
}
