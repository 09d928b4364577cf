import { success } from "../envelope.ts";
import { ManagementError } from "../management-error.ts";
import type { ManagementRequest } from "../route.ts";
import { tokenValue } from "./show-token.ts";
import type { TokenRoutesOptions } from "./token-routes-options.ts";

const VALID = { code: 10_000, message: "This API Token is valid and active", type: null };

/**
 * `GET /user/tokens/verify` and `/accounts/{id}/tokens/verify` (reference §14.11): that the token sent counts, and until when. One that does
 * not has been refused before.
 * @param accountId where it has to count; null for anywhere.
 * @throws ManagementError 403 code 10000 for a token of another account.
 */
export function verifyToken(
  { caller }: ManagementRequest,
  accountId: string | null,
  { desk }: TokenRoutesOptions,
): Response {
  const isElsewhere = accountId !== null && !caller.grants.has("*") && !caller.grants.has(accountId);
  if (isElsewhere) throw new ManagementError("forbidden");
  const homes = ["", ...desk.current.accountIds];
  const object = homes.map((home) => desk.current.get(home, "token", caller.id)).find((found) => found !== undefined);
  const token = caller.type === "token" && object !== undefined ? tokenValue(object) : null;
  return success(
    {
      id: caller.id,
      status: "active",
      ...(token === null || token.notBeforeMs === null
        ? {}
        : { not_before: new Date(token.notBeforeMs).toISOString() }),
      ...(token === null || token.expiresAtMs === null
        ? {}
        : { expires_on: new Date(token.expiresAtMs).toISOString() }),
    },
    undefined,
    [VALID],
  );
}
