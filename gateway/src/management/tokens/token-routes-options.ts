import type { Clock } from "../../core/clock.ts";
import type { SettingsDesk } from "../../settings/settings-desk.ts";

/** What the routes of tokens work with. */
export interface TokenRoutesOptions {
  readonly desk: SettingsDesk;
  /** What is kept of a token's text. */
  readonly hashToken: (text: string) => string;
  readonly randomBytes: (sizeBytes: number) => Uint8Array;
  readonly clock: Pick<Clock, "nowMs">;
}
