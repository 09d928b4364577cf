import { z } from "zod";
import { findUser } from "../../settings/user-object.ts";
import type { SettingsModel } from "../../settings/settings-model.ts";
import type { ListedSession } from "./session-desk.ts";

/** An open session as it is answered: nothing of it lets anybody in. */
export const openSessionSchema = z
  .object({
    id: z.string(),
    user_id: z.string(),
    email: z.string().nullable().meta({ description: "Null for somebody who is not there any more." }),
    is_current: z.boolean().meta({ description: "Whether this very request was made in it." }),
    created_at: z.iso.datetime(),
    used_at: z.iso.datetime().meta({ description: "To the minute." }),
    ends_at: z.iso.datetime().meta({ description: "At the latest; twelve hours without use end it before." }),
    ip: z.string().nullable().meta({ description: "Address it was opened from." }),
    user_agent: z.string().nullable(),
  })
  .meta({ id: "OpenSession", description: "Where somebody is signed in." });

/** @param currentId the session that asks; null for none. */
export function showOpenSession(
  session: ListedSession,
  { model, currentId }: { readonly model: SettingsModel; readonly currentId: string | null },
): z.output<typeof openSessionSchema> {
  const time = (atMs: number): string => new Date(atMs).toISOString();
  return {
    id: session.id,
    user_id: session.userId,
    email: findUser(model, session.userId)?.email ?? null,
    is_current: session.id === currentId,
    created_at: time(session.createdAtMs),
    used_at: time(session.usedAtMs),
    ends_at: time(session.endsAtMs),
    ip: session.address,
    user_agent: session.userAgent,
  };
}
