/** Where the credential of this browser tab is kept: gone with the tab, never sent anywhere but to this server. */
const KEY = "headgate.token";

/** The API token that was entered here; null for none, as for people who signed in and have a cookie. */
export function storedToken(): string | null {
  return sessionStorage.getItem(KEY);
}

/** Keeps a token for this tab, or forgets it. */
export function storeToken(token: string | null): void {
  if (token === null) sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, token);
}

const CSRF_KEY = "headgate.csrf";

/** What changes have to bring along when a cookie tells who asks; null when it is not needed. */
export function storedCsrfToken(): string | null {
  return sessionStorage.getItem(CSRF_KEY);
}

/** Keeps it for this tab, or forgets it. */
export function storeCsrfToken(token: string | null): void {
  if (token === null) sessionStorage.removeItem(CSRF_KEY);
  else sessionStorage.setItem(CSRF_KEY, token);
}
