import { createHash, timingSafeEqual } from "node:crypto";
import { allGrants, type Caller } from "../access/caller.ts";
import { ManagementError } from "./management-error.ts";

/**
 * A check that lets in who sends `authorization: Bearer <adminToken>`: 401 code 10000 without a token, 403 code 10000 with another
 * one (reference §9.2). Takes the same time whatever is sent. With no token configured everybody may do everything.
 */
export function bearerAuthorizer(adminToken: string | null): (request: Request) => Caller {
  if (adminToken === null) return () => administrator;
  const expected = digest(adminToken);
  return (request) => {
    const match = /^bearer +(\S.*)$/i.exec(request.headers.get("authorization") ?? "");
    if (match === null) throw new ManagementError("unauthenticated", [], { "www-authenticate": "Bearer" });
    if (!timingSafeEqual(digest((match[1] as string).trimEnd()), expected)) throw new ManagementError("forbidden");
    return administrator;
  };
}

/** Whoever knows the token of the environment. */
export const administrator: Caller = {
  type: "token",
  id: "admin",
  email: null,
  ip: null,
  grants: allGrants,
  gatewayIds: null,
};

/** Equal in length for texts of any length, as the comparison needs it. */
function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
