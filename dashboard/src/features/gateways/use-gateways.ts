import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { type ApiAnswer, callApi } from "../../api/call-api.ts";
import { useAccount } from "../../app/account.tsx";

const listGateways = "GET /client/v4/accounts/{account_id}/ai-gateway/gateways";

/** The first hundred gateways of the account in use. */
export function useGateways(): UseQueryResult<ApiAnswer<typeof listGateways>> {
  const { accountId } = useAccount();
  return useQuery({
    queryKey: ["gateways", accountId],
    queryFn: () => callApi(listGateways, { path: { account_id: accountId }, query: { per_page: 100 } }),
  });
}
