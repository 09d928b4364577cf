import type { SettingsModel } from "./settings-model.ts";

/** A token, and the budget it names. */
export interface BoundToken {
  /** Account of the token; empty for one of the whole installation. */
  readonly accountId: string;
  readonly tokenId: string;
  readonly name: string;
  readonly budgetId: string;
}

/** A change that takes away budgets which tokens are held to. */
export class BudgetInUse extends Error {
  override readonly name = "BudgetInUse";

  /** @param bound at least one. */
  constructor(bound: readonly BoundToken[]) {
    const [{ budgetId, name }] = bound as [BoundToken];
    const others = bound.length === 1 ? "" : ` and ${bound.length - 1} more`;
    super(
      `The budget ${budgetId} is named by the API token ${JSON.stringify(name)}${others}, which would be held to nothing: give the token another budget, or null, first`,
    );
  }
}

/** Whether a token kept there may name a budget: one of its account, or for a token of the whole installation one of any account. */
export function hasBudget(model: SettingsModel, accountId: string, budgetId: string): boolean {
  const places = accountId === "" ? model.accountIds : [accountId];
  return places.some((place) => model.get(place, "budget", budgetId) !== undefined);
}

/** Tokens that name a budget which is not there: nothing holds them. */
export function unboundTokens(model: SettingsModel): readonly BoundToken[] {
  return ["", ...model.accountIds].flatMap((accountId) =>
    model.list(accountId, "token").flatMap(({ id, value }): BoundToken[] => {
      const budgetId = value["budgetId"] ?? null;
      if (budgetId === null || hasBudget(model, accountId, String(budgetId))) return [];
      return [{ accountId, tokenId: id, name: String(value["name"]), budgetId: String(budgetId) }];
    }),
  );
}

/**
 * Refuses a change after which a token names a budget that is gone, by whatever way it went. What was so before is nobody's fault now.
 * @throws BudgetInUse naming the first token.
 */
export function refuseLostBudgets(next: SettingsModel, before: SettingsModel): void {
  const lost = unboundTokens(next).filter(({ accountId, budgetId }) => hasBudget(before, accountId, budgetId));
  if (lost.length > 0) throw new BudgetInUse(lost);
}
