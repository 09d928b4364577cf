import type { GatewayError } from "../core/errors.ts";
import type { Dialect } from "../dialects/dialect.ts";

/**
 * The JSON body of an error the gateway itself produced (reference §15): every top-level member that clients read, and
 * `details`. On a provider's own endpoint `error` takes that vendor's shape, so that its SDK can read it, and carries
 * member "0", so that `error[0].code` reads the same in both; see docs/decisions/0006.
 * @param isRest whether the request came through an address whose clients read `errors`: the REST one or a binding's.
 */
export function renderError(error: GatewayError, dialect: Dialect | null, isRest = false): Buffer {
  const { code, status } = error.definition;
  const message = error.message;
  const entry = { code, message };
  const vendorError = dialect?.errorObject({ code, status, message: messageForUsers(error) }) ?? null;
  return Buffer.from(
    JSON.stringify({
      success: false,
      result: [],
      messages: [],
      error: vendorError === null ? [entry] : { ...vendorError, 0: entry },
      name: "AiGatewayError",
      httpCode: status,
      internalCode: code,
      message,
      description: message,
      details: describe(error),
      ...(isRest ? { errors: [entry] } : {}),
      ...dialect?.errorFields({ code, status, message }),
    }),
  );
}

/** An SDK shows its user this and none of the details, so what the client has to change is said in it. */
function messageForUsers({ message, definition, details }: GatewayError): string {
  const { explanation } = details;
  return definition.fault === "client" && explanation !== undefined ? `${message}: ${explanation}` : message;
}

function describe(error: GatewayError): Record<string, unknown> {
  const { path, cause, explanation, upstreamStatus, attempts, limit } = error.details;
  return {
    fault: error.definition.fault,
    retryable: error.definition.retryable,
    ...(path === undefined ? {} : { path }),
    ...(cause === undefined ? {} : { cause }),
    ...(explanation === undefined ? {} : { explanation }),
    ...(upstreamStatus === undefined ? {} : { upstream_status: upstreamStatus }),
    ...(limit === undefined
      ? {}
      : {
          limit: {
            rule: limit.rule,
            origin: limit.origin,
            metric: limit.metric,
            limit: limit.limit,
            used: limit.used,
            asked: limit.asked,
            window: limit.window,
            window_seconds: limit.windowSeconds,
            retry_after_seconds: limit.retryAfterSeconds,
          },
        }),
    ...(attempts === undefined
      ? {}
      : {
          attempts: attempts.map((attempt) => ({
            step: attempt.step,
            attempt: attempt.attempt,
            provider: attempt.provider,
            log_id: attempt.logId,
            status: attempt.statusCode,
            cause: attempt.cause,
            duration_ms: attempt.durationMs,
          })),
        }),
  };
}
