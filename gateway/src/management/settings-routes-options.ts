import type { AddressPolicy } from "../core/address-policy.ts";
import type { SettingsDesk } from "../settings/settings-desk.ts";
import type { ConfigDocuments } from "./config/config-document.ts";
import type { SettingsStore } from "../stores/ports/settings-store.ts";

/** What the routes that read and change settings work with. */
export interface SettingsRoutesOptions {
  readonly desk: SettingsDesk;
  readonly store: Pick<SettingsStore, "versions" | "audit">;
  /** What URLs given here may lead to. */
  readonly addresses: AddressPolicy;
  /** The own slug of a built-in provider by slug or alias; null for others. */
  readonly builtInSlug: (name: string) => string | null;
  /** What is wrong with a key for pushed logs, in words for its author; null for nothing. */
  readonly logpushKeyFault: (key: string) => string | null;
  /** Settings as text. */
  readonly documents: ConfigDocuments;
}
