import type { AddressPolicy } from "../core/address-policy.ts";
import type { SealedSecret, SealSecret, SecretContext } from "../core/sealed-secret.ts";
import type { SettingsDesk } from "../settings/settings-desk.ts";
import type { CacheExplanation } from "../cache/cache-explanation.ts";
import type { ExplainedRequest } from "./limits/explained-request.ts";
import type { PurgeTarget } from "./cache/purge-cache.ts";
import type { ConfigDocuments } from "./config/config-document.ts";
import type { CounterStore } from "../stores/ports/counter-store.ts";
import type { SettingsStore } from "../stores/ports/settings-store.ts";

/** What the routes that read and change settings work with. */
export interface SettingsRoutesOptions {
  readonly desk: SettingsDesk;
  readonly store: Pick<SettingsStore, "versions" | "audit">;
  readonly secrets: SecretSealing;
  /** What limits count, as it stands. */
  readonly counters: { readonly peek: CounterStore["peek"]; readonly nowMs: () => number };
  /** The stored keys that workers let rest at this moment. */
  readonly restingKeys: () => readonly RestingKeyOfWorker[];
  /** What the cache would do with a request. */
  readonly explainCache: (request: ExplainedRequest) => Promise<CacheExplanation>;
  /** What URLs given here may lead to. */
  readonly addresses: AddressPolicy;
  /** The own slug of a built-in provider by slug or alias; null for others. */
  readonly builtInSlug: (name: string) => string | null;
  /** Wire formats that custom providers may speak; the first is the usual one. */
  readonly dialects: readonly string[];
  /** What is wrong with the form of a base URL, in words for its author; null for nothing. */
  readonly baseUrlFault: (url: string) => string | null;
  /** What is wrong with a key for pushed logs, in words for its author; null for nothing. */
  readonly logpushKeyFault: (key: string) => string | null;
  /** What is wrong with a text as a key of a provider, named by its own slug, in words that hold nothing of it; null for nothing. */
  readonly keyFault: (providerSlug: string, secret: string) => string | null;
  /** Whether this installation is managed under a host name, so far as is known. */
  readonly isManagementName: (hostname: string) => boolean;
  /** Drops cached answers, at once in every worker; all of all accounts for null. */
  readonly purgeCache: (target: PurgeTarget | null) => void | Promise<void>;
  /** Settings as text. */
  readonly documents: ConfigDocuments;
}

/** A stored key that one worker lets rest. Times are Unix milliseconds. */
export interface RestingKeyOfWorker {
  readonly worker: string;
  /** Account and id of the key with a slash between. */
  readonly keyId: string;
  /** With which the provider refused it last; null when its secret could not be used. */
  readonly status: number | null;
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** Secrets are sealed before they are kept; nothing here opens one for somebody to see. */
export interface SecretSealing {
  readonly seal: SealSecret;
  /** The same text sealed for another object. */
  readonly copy: (sealed: SealedSecret, from: SecretContext, to: SecretContext) => SealedSecret;
}
