import { useParams } from "@tanstack/react-router";
import { useApi } from "../../api/use-api.ts";
import { useAccount } from "../../app/account.tsx";

/** The gateway that the address of the page names. */
export function useGateway() {
  const path = useGatewayPath();
  return useApi("GET /client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}", { path });
}

/** Path parameters of everything that belongs to that gateway. */
export function useGatewayPath(): { readonly account_id: string; readonly gateway_id: string } {
  const { accountId } = useAccount();
  const { gatewayId } = useParams({ from: "/shell/ui/gateways/$gatewayId" });
  return { account_id: accountId, gateway_id: gatewayId };
}
