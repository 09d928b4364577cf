import { importPKCS8, SignJWT } from "jose";
import type { Clock } from "../core/clock.ts";
import { GatewayError } from "../core/errors.ts";
import { type CredentialDependencies, invalidTarget } from "./provider.ts";

/** Google's token endpoint. Fixed here: the one a credential names is never asked, a client could point it anywhere. */
const TOKEN_URL = "https://oauth2.googleapis.com/token";
const SCOPE = "https://www.googleapis.com/auth/cloud-platform";
const ASSERTION_LIFETIME_S = 3600;
const REQUEST_TIMEOUT_MS = 10_000;
const MAX_ANSWER_CHARACTERS = 65_536;

interface ServiceAccount {
  readonly client_email: string;
  readonly private_key: string;
}

/** An access token and when it ends, Unix milliseconds. An end that the endpoint does not tell is now. */
export interface MintedToken {
  readonly accessToken: string;
  readonly expiresAtMs: number;
}

/**
 * Mints an access token for a service account: a JWT signed by the account's key, given to Google's token endpoint (RFC 7523 §2.1,
 * https://developers.google.com/identity/protocols/oauth2/service-account).
 * @param json the account's key file.
 * @throws GatewayError invalidRequest when the JSON or its key is broken; upstreamFailed with cause `credential_refused` or
 *   `credential_endpoint_failed`; upstreamTimeout after 10 seconds.
 */
export async function mintAccessToken(json: string, { fetch, clock }: CredentialDependencies): Promise<MintedToken> {
  const assertion = await signAssertion(parseServiceAccount(json), clock);
  const askedAtMs = clock.nowMs();
  const answer = await askTokenEndpoint(fetch, assertion);
  const { access_token: accessToken, expires_in: lifetimeS } = answer;
  if (typeof accessToken !== "string" || !/^[\x21-\x7e]+$/.test(accessToken)) {
    throw endpointFailed("the token endpoint's answer holds no access token");
  }
  const lifetimeMs = typeof lifetimeS === "number" && lifetimeS > 0 ? lifetimeS * 1000 : 0;
  return { accessToken, expiresAtMs: askedAtMs + lifetimeMs };
}

async function signAssertion(account: ServiceAccount, clock: Clock): Promise<string> {
  const issuedAtS = Math.floor(clock.nowMs() / 1000);
  try {
    return await new SignJWT({ scope: SCOPE })
      .setProtectedHeader({ alg: "RS256", typ: "JWT" })
      .setIssuer(account.client_email)
      .setAudience(TOKEN_URL)
      .setIssuedAt(issuedAtS)
      .setExpirationTime(issuedAtS + ASSERTION_LIFETIME_S)
      .sign(await importPKCS8(account.private_key, "RS256"));
  } catch {
    throw brokenCredential("its private_key is not an RSA key in PKCS #8 PEM form");
  }
}

async function askTokenEndpoint(
  fetch: CredentialDependencies["fetch"],
  assertion: string,
): Promise<Readonly<Record<string, unknown>>> {
  const body = new URLSearchParams({ grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion }).toString();
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const signal = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
  try {
    const response = await fetch(TOKEN_URL, { method: "POST", headers, body, redirect: "error", signal });
    const text = await response.text();
    const answer = text.length > MAX_ANSWER_CHARACTERS ? undefined : parseObject(text);
    if (!response.ok) throw refused(response.status, answer);
    return answer ?? {};
  } catch (error) {
    if (error instanceof GatewayError) throw error;
    if (signal.aborted) throw new GatewayError("upstreamTimeout", { cause: "credential_endpoint_timeout" });
    throw endpointFailed("the token endpoint could not be reached");
  }
}

function parseServiceAccount(json: string): ServiceAccount {
  const account = parseObject(json);
  if (account === undefined) throw brokenCredential("the base64 does not hold a JSON object");
  const { client_email, private_key } = account;
  if (typeof client_email !== "string" || client_email === "") throw brokenCredential("it has no client_email");
  if (typeof private_key !== "string" || private_key === "") throw brokenCredential("it has no private_key");
  return { client_email, private_key };
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function brokenCredential(reason: string): GatewayError {
  return invalidTarget("authorization", `the service account in the authorization header cannot be used: ${reason}`);
}

function refused(status: number, answer: Readonly<Record<string, unknown>> | undefined): GatewayError {
  const words = [answer?.["error"], answer?.["error_description"]]
    .filter((word) => typeof word === "string")
    .join(": ");
  const reason = words.replace(/[^\x20-\x7e]/g, " ").slice(0, 200);
  return new GatewayError("upstreamFailed", {
    message: `The token endpoint refused the service account${reason === "" ? "" : ` (${reason})`}`,
    cause: "credential_refused",
    upstreamStatus: status,
  });
}

function endpointFailed(message: string): GatewayError {
  return new GatewayError("upstreamFailed", { message, cause: "credential_endpoint_failed" });
}
