import type { Passwords } from "../../access/password.ts";
import type { SettingsDesk } from "../../settings/settings-desk.ts";
import type { SessionDesk } from "../session/session-desk.ts";

/** What the routes of people work with. */
export interface PeopleRoutesOptions {
  readonly desk: SettingsDesk;
  readonly sessions: Pick<SessionDesk, "closeAllOf" | "list" | "close">;
  readonly passwords: Passwords;
}
