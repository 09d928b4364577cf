import { History } from "../history/history.tsx";
import { useGatewayPath } from "./use-gateway.ts";

/** What was changed of one gateway, and the way back. */
export function GatewayHistoryPage() {
  const { account_id: accountId, gateway_id: gatewayId } = useGatewayPath();
  return <History place={`accounts.${accountId}.gateways.${gatewayId}`} />;
}
