import { useQuery } from "@tanstack/react-query";
import { callApi } from "../../api/call-api.ts";
import type { RestingKey } from "../../api/generated/operations.ts";

const EVERY_MS = 3000;
const none: ReadonlyMap<string, RestingKey> = new Map();

/** The keys of a gateway that workers let rest, by the id of the key; looked at every three seconds. */
export function useRestingKeys(path: {
  readonly account_id: string;
  readonly gateway_id: string;
}): ReadonlyMap<string, RestingKey> {
  const { account_id: account, gateway_id: gateway } = path;
  const { data } = useQuery({
    queryKey: ["resting-keys", account, gateway],
    queryFn: async ({ signal }) => {
      const asked = { path: { account_id: account }, query: { gateway_id: gateway }, signal };
      const { result } = await callApi("GET /api/accounts/{account_id}/resting-keys", asked);
      return new Map(result.map((key) => [key.config_id, key]));
    },
    refetchInterval: EVERY_MS,
  });
  return data ?? none;
}
