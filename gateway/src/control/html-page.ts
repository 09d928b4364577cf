import { contentSecurityPolicy } from "./content-security-policy.ts";

/** What every file served to browsers is sent with. */
export const securityHeaders = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
} as const;

/** A page of ours, under a policy that lets it load nothing from elsewhere; browsers ask for it anew each time. */
export function htmlPage(html: string): Response {
  return new Response(html, {
    headers: {
      ...securityHeaders,
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": contentSecurityPolicy(html),
      "cache-control": "no-cache",
    },
  });
}
