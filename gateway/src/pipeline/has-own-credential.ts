import { headerValue, headerValues } from "../core/header-list.ts";
import type { Step } from "./step.ts";

/** A scheme with nothing behind it, as clients send it whose key is empty. */
const EMPTY_CREDENTIAL = /^(?:(?:bearer|basic|token|key|api-key)\s*)?$/i;

/**
 * Whether a step carries a credential of its own, in a field or a query parameter in which its provider takes one. A placeholder is
 * one, too (reference §9.3); an empty value is none.
 */
export function hasOwnCredential({ provider: { provider }, upstream }: Step): boolean {
  for (const name of provider.credentialHeaders) {
    if (headerValue(upstream.headers, name) === undefined) continue;
    if (headerValues(upstream.headers, name).some((value) => !EMPTY_CREDENTIAL.test(value))) return true;
  }
  const { credentialQuery } = provider;
  const queryStart = credentialQuery === undefined ? -1 : upstream.target.indexOf("?");
  if (credentialQuery === undefined || queryStart < 0) return false;
  const parameters = new URLSearchParams(upstream.target.slice(queryStart));
  return credentialQuery.some((name) => (parameters.get(name) ?? "") !== "");
}
