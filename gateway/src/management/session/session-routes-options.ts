import type { Passwords } from "../../access/password.ts";
import type { SignInGuard } from "../../access/sign-in-guard.ts";
import type { Clock } from "../../core/clock.ts";
import type { SettingsDesk } from "../../settings/settings-desk.ts";
import type { SessionDesk } from "./session-desk.ts";

/** What signing people in works with. */
export interface SessionRoutesOptions {
  readonly desk: SettingsDesk;
  readonly sessions: SessionDesk;
  readonly passwords: Passwords;
  readonly guard: SignInGuard;
  readonly clock: Pick<Clock, "nowMs">;
}
