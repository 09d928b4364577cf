import { isSecure } from "./session-cookie.ts";

const SECURE_NAME = "__Host-headgate-flow";
const PLAIN_NAME = "headgate-flow";
/** As long as a sign-in may take. */
const MAX_AGE_SECONDS = 600;

/** `set-cookie` that binds a sign-in under way to the browser that began it. */
export function flowCookie(headers: Headers, id: string, maxAgeSeconds = MAX_AGE_SECONDS): string {
  const [name, flags] = isSecure(headers) ? [SECURE_NAME, "; Secure"] : [PLAIN_NAME, ""];
  return `${name}=${id}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Lax${flags}`;
}

/** What a browser holds of a sign-in under way; null for nothing. */
export function flowOf(headers: Headers): string | null {
  const name = isSecure(headers) ? SECURE_NAME : PLAIN_NAME;
  const cookies = (headers.get("cookie") ?? "").split(";").map((cookie) => cookie.trim());
  return cookies.find((cookie) => cookie.startsWith(`${name}=`))?.slice(name.length + 1) ?? null;
}
