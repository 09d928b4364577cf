import { unboundTokens } from "../settings/bound-budgets.ts";
import { type DoctorContext, type Finding, ok, warning } from "./finding.ts";
import { knownSettings } from "./known-settings.ts";

/** Budgets that API tokens name: whether they are there. */
export function checkBudgets({ config }: DoctorContext): Finding[] {
  const unbound = unboundTokens(knownSettings(config));
  if (unbound.length === 0) return [ok("every budget that API tokens name is there")];
  return unbound.map(({ name, budgetId }) =>
    warning(
      `API token ${JSON.stringify(name)} names the budget ${budgetId}, which is not there: nothing holds it`,
      "Declare the budget, or give the token another one or null.",
    ),
  );
}
