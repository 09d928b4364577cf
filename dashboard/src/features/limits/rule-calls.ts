import { useApi, useChange } from "../../api/use-api.ts";
import { useAccount } from "../../app/account.tsx";
import type { Rule, RuleKind, Standing } from "./rule.ts";

/** Every limit or budget of the account in use. */
export function useRules(kind: RuleKind) {
  const { accountId } = useAccount();
  const asked = { path: { account_id: accountId }, query: { per_page: 100 } };
  const limits = useApi("GET /api/accounts/{account_id}/limits", asked, kind === "limit");
  const budgets = useApi("GET /api/accounts/{account_id}/budgets", asked, kind === "budget");
  const { data, error, refetch } = kind === "limit" ? limits : budgets;
  return { rules: data?.result as readonly Rule[] | undefined, error, refetch };
}

/** How a rule stands that is not split; undefined while nobody knows. */
export function useStanding(kind: RuleKind, { id }: Rule, isWanted: boolean): Standing | undefined {
  const { accountId } = useAccount();
  const asked = { path: { account_id: accountId, rule_id: id } };
  const limit = useApi("GET /api/accounts/{account_id}/limits/{rule_id}/usage", asked, isWanted && kind === "limit");
  const budget = useApi("GET /api/accounts/{account_id}/budgets/{rule_id}/usage", asked, isWanted && kind === "budget");
  return (kind === "limit" ? limit : budget).data?.result;
}

/** Makes, changes and deletes them. */
export function useRuleChanges(kind: RuleKind) {
  const { accountId } = useAccount();
  const change = useChange();
  const path = { account_id: accountId };
  return {
    create: async (body: object): Promise<void> => {
      await (kind === "limit"
        ? change("POST /api/accounts/{account_id}/limits", { path, body: body as never })
        : change("POST /api/accounts/{account_id}/budgets", { path, body: body as never }));
    },
    update: async (id: string, body: object): Promise<void> => {
      const one = { ...path, rule_id: id };
      await (kind === "limit"
        ? change("PUT /api/accounts/{account_id}/limits/{rule_id}", { path: one, body: body as never })
        : change("PUT /api/accounts/{account_id}/budgets/{rule_id}", { path: one, body: body as never }));
    },
    remove: async (id: string): Promise<void> => {
      const one = { ...path, rule_id: id };
      await (kind === "limit"
        ? change("DELETE /api/accounts/{account_id}/limits/{rule_id}", { path: one })
        : change("DELETE /api/accounts/{account_id}/budgets/{rule_id}", { path: one }));
    },
  };
}
