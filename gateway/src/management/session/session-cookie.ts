import { localRequestField } from "../../core/local-request-field.ts";
import { invalid } from "../management-error.ts";

/** Over https. Browsers take a cookie of this name only with `Secure`, from the host itself and for all of it (RFC 6265bis §4.1.3.2). */
const SECURE_NAME = "__Host-headgate";
/** Over plain http, which is for this machine alone. */
const PLAIN_NAME = "headgate";

/** Whether a request reached the gateway, or the proxy before it, over https. */
export function isSecure(headers: Headers): boolean {
  return headers.get("x-forwarded-proto") === "https";
}

/** The secret of a request's session; null when it carries none that could count. */
export function sessionSecret(headers: Headers): string | null {
  const cookies = (headers.get("cookie") ?? "").split(";").map((cookie) => cookie.trim());
  const valueOf = (name: string): string | null =>
    cookies.find((cookie) => cookie.startsWith(`${name}=`))?.slice(name.length + 1) ?? null;
  const isLocal = headers.get(localRequestField) === "true";
  return valueOf(SECURE_NAME) ?? (isLocal ? valueOf(PLAIN_NAME) : null);
}

/**
 * Refuses to hand out a session where others could read it on its way.
 * @throws ManagementError 400 code 7001.
 */
export function refuseInsecure(headers: Headers): void {
  if (isSecure(headers) || headers.get(localRequestField) === "true") return;
  throw invalid("Sign in over https. A proxy in front has to send x-forwarded-proto: https", [
    "header",
    "x-forwarded-proto",
  ]);
}

/** `set-cookie` that gives the browser a session, which no script may read and other sites cannot send changes with. */
export function cookieOf(
  headers: Headers,
  { secret, maxAgeSeconds }: { secret: string; maxAgeSeconds: number },
): string {
  const [name, flags] = isSecure(headers) ? [SECURE_NAME, "; Secure"] : [PLAIN_NAME, ""];
  return `${name}=${secret}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Lax${flags}`;
}

/** `set-cookie` that takes it away. */
export function expiredCookie(headers: Headers): string {
  return cookieOf(headers, { secret: "", maxAgeSeconds: 0 });
}
