import { z } from "zod";
import type { Caller } from "../../access/caller.ts";
import type { User } from "../../settings/user-object.ts";
import type { OpenSession } from "./session-desk.ts";

/** Who is asking, as they are told. */
export const sessionSchema = z
  .object({
    type: z.enum(["user", "token", "local"]),
    id: z.string(),
    email: z.string().nullable(),
    name: z.string().nullable(),
    roles: z.record(z.string(), z.string()).meta({ description: "By account; * stands for all accounts." }),
    permissions: z
      .record(z.string(), z.array(z.string()))
      .meta({ description: "By account; * stands for all accounts." }),
    csrf_token: z
      .string()
      .nullable()
      .meta({ description: "To be sent as x-csrf-token with every change; null for callers without a session." }),
    ends_at: z.iso.datetime().nullable(),
  })
  .meta({ id: "Session" });

/** @param signedIn the person and their session; null for a token. */
export function showSession(
  caller: Caller,
  signedIn: { readonly user: User; readonly session: OpenSession } | null,
): z.output<typeof sessionSchema> {
  return {
    type: caller.type,
    id: caller.id,
    email: caller.email,
    name: signedIn?.user.name ?? null,
    roles: { ...signedIn?.user.roles },
    permissions: Object.fromEntries([...caller.grants].map(([account, granted]) => [account, [...granted].toSorted()])),
    csrf_token: signedIn?.session.csrfToken ?? null,
    ends_at: signedIn === null ? null : new Date(signedIn.session.endsAtMs).toISOString(),
  };
}
