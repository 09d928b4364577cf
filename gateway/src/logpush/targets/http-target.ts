import { DeliveryError, type LogpushTarget, neededSecret, type ResolveSecret } from "../target.ts";
import type { HttpTargetSettings } from "../../core/export-settings.ts";

const timeoutMs = 30_000;

/**
 * Posts files to an endpoint, which answers 2xx once it has them. `headgate-batch-id` lets it notice a batch that comes again. Redirects
 * are not followed: they would lead where the operator did not point.
 */
export function httpTarget(settings: HttpTargetSettings, resolveSecret: ResolveSecret): LogpushTarget {
  return {
    async deliver({ id, objectName, bytes }, signal) {
      const { url, authorization } = settings;
      const secret = authorization === undefined ? null : await neededSecret(resolveSecret, authorization);
      const answer = await fetch(url, {
        method: "POST",
        headers: {
          ...settings.headers,
          ...(secret === null ? {} : { authorization: secret }),
          "content-type": "application/x-ndjson",
          "content-encoding": "gzip",
          "headgate-batch-id": id,
          "headgate-object-name": objectName,
        },
        body: bytes,
        redirect: "manual",
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      }).catch((error: unknown) => {
        throw new DeliveryError(error instanceof Error && error.name === "TimeoutError" ? "timeout" : "no_connection");
      });
      await answer.body?.cancel();
      if (!answer.ok) throw new DeliveryError(String(answer.status));
    },
  };
}
