import type { UseQueryResult } from "@tanstack/react-query";
import type { ApiAnswer } from "../../api/call-api.ts";
import type { Token } from "../../api/generated/operations.ts";
import { useApi, useChange } from "../../api/use-api.ts";
import { useAccount } from "../../app/account.tsx";
import type { bodyOf } from "./token-draft.ts";

/** Where tokens count: in the account in use, or in all. */
export type TokenScope = "account" | "all";

type TokensAnswer = Pick<ApiAnswer<"GET /client/v4/user/tokens">, "result" | "info">;
type TokenBody = ReturnType<typeof bodyOf>;

/** What can be done with the tokens of one scope. */
export function useTokenHome(scope: TokenScope) {
  const { accountId } = useAccount();
  const change = useChange();
  const path = { account_id: accountId };
  const isAll = scope === "all";
  return {
    async create(body: TokenBody): Promise<string> {
      const { result } = isAll
        ? await change("POST /client/v4/user/tokens", { body })
        : await change("POST /client/v4/accounts/{account_id}/tokens", { path, body });
      return result.value;
    },
    async update({ id }: Token, body: TokenBody & { readonly status: "active" | "disabled" }): Promise<void> {
      const token = { token_id: id };
      await (isAll
        ? change("PUT /client/v4/user/tokens/{token_id}", { path: token, body })
        : change("PUT /client/v4/accounts/{account_id}/tokens/{token_id}", { path: { ...path, ...token }, body }));
    },
    async roll({ id }: Token): Promise<string> {
      const token = { token_id: id };
      const { result } = isAll
        ? await change("PUT /client/v4/user/tokens/{token_id}/value", { path: token })
        : await change("PUT /client/v4/accounts/{account_id}/tokens/{token_id}/value", { path: { ...path, ...token } });
      return result;
    },
    async revoke({ id }: Token): Promise<void> {
      const token = { token_id: id };
      await (isAll
        ? change("DELETE /client/v4/user/tokens/{token_id}", { path: token })
        : change("DELETE /client/v4/accounts/{account_id}/tokens/{token_id}", { path: { ...path, ...token } }));
    },
  };
}

/** A page of the tokens of a scope. */
export function useTokens(
  scope: TokenScope,
  query: { readonly page: number; readonly per_page: number },
): UseQueryResult<TokensAnswer> {
  const { accountId } = useAccount();
  const ofAccount = useApi(
    "GET /client/v4/accounts/{account_id}/tokens",
    { path: { account_id: accountId }, query },
    scope === "account",
  );
  const ofAll = useApi("GET /client/v4/user/tokens", { query }, scope === "all");
  return (scope === "account" ? ofAccount : ofAll) as UseQueryResult<TokensAnswer>;
}
