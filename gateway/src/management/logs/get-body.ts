import type { StoredBody } from "../../stores/ports/log-store.ts";
import { uncached } from "../envelope.ts";
import { ManagementError } from "../management-error.ts";
import type { ManagementRequest } from "../route.ts";
import { askStore } from "./ask-store.ts";
import type { LogRoutesOptions } from "./log-routes-options.ts";
import { logScope } from "./log-scope.ts";

/**
 * `GET …/logs/{id}/request` and `…/response`: the body as it was kept, without an envelope, under its own content type. One that was
 * cut is marked by `headgate-body-complete: false` and is plain text where it was JSON, since no parser would take it.
 * @throws ManagementError 404 code 7002 when there is no such log, or no such body of it.
 */
export async function getBody(
  request: ManagementRequest,
  { store }: LogRoutesOptions,
  which: "request" | "response",
): Promise<Response> {
  const body = await askStore(store.body(logScope(request.params), request.params["logId"] as string, which));
  if (body === null) throw new ManagementError("notFound");
  return new Response(body.bytes, {
    headers: {
      ...uncached,
      // What a provider answers must not run as a page of this origin.
      "content-security-policy": "sandbox; default-src 'none'",
      "content-type": contentTypeOf(body),
      "headgate-body-complete": String(body.isComplete),
    },
  });
}

function contentTypeOf({ contentType, isComplete }: StoredBody): string {
  if (contentType === null || !contentTypePattern.test(contentType)) return "application/octet-stream";
  return isComplete || !/^application\/([\w.-]+\+)?json\b/i.test(contentType)
    ? contentType
    : "text/plain; charset=utf-8";
}

const contentTypePattern = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+[ \t]*(;[\x20-\x7E\t]*)?$/;
