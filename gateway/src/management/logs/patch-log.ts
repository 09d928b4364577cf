import type { LogPatch } from "../../stores/ports/log-store.ts";
import { success } from "../envelope.ts";
import { ManagementError } from "../management-error.ts";
import { validate } from "../parse-query.ts";
import type { ManagementRequest } from "../route.ts";
import { askStore } from "./ask-store.ts";
import type { LogRoutesOptions } from "./log-routes-options.ts";
import { logScope } from "./log-scope.ts";
import { patchBody } from "./schemas.ts";

/**
 * `PATCH …/logs/{id}`: sets feedback, score and metadata (reference §10.6); what the body leaves out stays, null clears. Metadata is
 * replaced as a whole. Answers an empty result.
 * @throws ManagementError 400 code 7001 with path `["body", member]`; 404 code 7002 when this gateway has no such log.
 */
export async function patchLog(request: ManagementRequest, { store }: LogRoutesOptions): Promise<Response> {
  const scope = logScope(request.params);
  const { feedback, score, metadata } = validate(patchBody, await request.json(), ["body"]);
  const patch: LogPatch = {
    ...(feedback === undefined ? {} : { feedback }),
    ...(score === undefined ? {} : { score }),
    ...(metadata === undefined ? {} : { metadata }),
  };
  const isThere = await askStore(store.patch(scope, request.params["logId"] as string, patch));
  if (!isThere) throw new ManagementError("notFound");
  return success({});
}
