import { applyKey, type KeyRules, UnusableSecret } from "./apply-key.ts";

/**
 * What is wrong with a text as the stored secret of a provider, in words for whoever stores it; null for nothing that can be seen before
 * the provider is asked. The words hold nothing of the text.
 */
export function secretFault(provider: KeyRules, secret: string): string | null {
  const request = {
    method: "POST",
    hostHeader: "provider.invalid",
    target: "/",
    headers: [],
    body: null,
    signing: { service: "any", region: "any" },
    nowMs: 0,
  };
  try {
    applyKey(provider, request, secret);
    return null;
  } catch (error) {
    if (error instanceof UnusableSecret) return error.message;
    throw error;
  }
}
