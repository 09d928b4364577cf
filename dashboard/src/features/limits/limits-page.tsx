import { useMay } from "../../app/session.tsx";
import { Page } from "../../components/ui/page.tsx";
import { BudgetEvents } from "./budget-events.tsx";
import { DryRun } from "./dry-run.tsx";
import { RuleList } from "./rule-list.tsx";

/** Budgets and limits of the account, how they stand, and what a request would meet. */
export function LimitsPage() {
  const may = useMay();
  return (
    <Page title="Budgets and limits" lead="How much may be used and spent, over all gateways of the account.">
      <div className="space-y-6">
        {may("budgets.read") ? <RuleList kind="budget" /> : null}
        {may("budgets.read") ? <BudgetEvents /> : null}
        {may("limits.read") ? <RuleList kind="limit" /> : null}
        {may("limits.read") ? <DryRun /> : null}
      </div>
    </Page>
  );
}
