import type { GatewayError } from "../core/errors.ts";
import { jsonSpan, jsonText, spliceJson } from "../core/json-span.ts";
import type { Admitted } from "./authenticate.ts";
import { checkModels } from "./check-models.ts";
import type { Step } from "./step.ts";

/**
 * The step that takes the place of one a budget had no room for: the same request for the budget's fallback model. Null where the budget names none, the
 * step is such a one already, its body does not name the model, or the token may not use the other one.
 */
export function budgetFallback(admitted: Admitted, step: Step, { details }: GatewayError): Step | null {
  const model = details.limit?.fallbackModel ?? null;
  const { body } = step;
  if (model === null || model === step.model || step.isBudgetFallback === true || !Buffer.isBuffer(body)) return null;
  if (step.upstream.model !== null) return null;
  const span = jsonSpan(body, ["model"]);
  if (span === null || jsonText(body, ["model"], "last") !== jsonText(body, ["model"])) return null;
  const other: Step = {
    ...step,
    model,
    body: spliceJson(body, span, JSON.stringify(model)),
    isBudgetFallback: true,
  };
  try {
    checkModels(admitted, [other]);
    return other;
  } catch {
    return null;
  }
}
