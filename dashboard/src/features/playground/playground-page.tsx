import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { callApi } from "../../api/call-api.ts";
import { useAccount } from "../../app/account.tsx";
import { Failure } from "../../components/ui/failure.tsx";
import { Loading } from "../../components/ui/loading.tsx";
import { Page } from "../../components/ui/page.tsx";
import { GatewayChoice } from "../gateways/gateway-choice.tsx";
import { prettyJson } from "../logs/conversation/conversation-part.ts";
import { readLogBody } from "../logs/use-log.ts";
import { PlaygroundForm, type PlaygroundStart } from "./playground-form.tsx";
import { presets } from "./playground-presets.ts";

const route = getRouteApi("/shell/ui/playground");

/** Sends a request through a gateway from this browser, a new one or a logged one again. */
export function PlaygroundPage() {
  const { gateway: gatewayId = "default", log: logId } = route.useSearch();
  const navigate = route.useNavigate();
  const { accountId } = useAccount();
  const start = useQuery({
    queryKey: ["replay", accountId, gatewayId, logId ?? null],
    queryFn: async ({ signal }): Promise<PlaygroundStart> => {
      if (logId === undefined) return newStart();
      const path = { account_id: accountId, gateway_id: gatewayId, log_id: logId };
      const name = "GET /client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/logs/{log_id}";
      const { result: log } = await callApi(name, { path, signal });
      const body = await readLogBody(path, "request", signal);
      const note =
        body === null
          ? "The body of this request was not kept."
          : body.isComplete
            ? null
            : "Only the beginning of this body was kept.";
      return { provider: log.provider, path: log.path, body: prettyJson(body?.text ?? "{}"), note };
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <Page
      title="Playground"
      lead="The request goes through the gateway as your program's would, and is logged like it."
      actions={<GatewayChoice value={gatewayId} onGateway={(id) => void navigate({ search: { gateway: id } })} />}
    >
      {start.isPending ? <Loading label="Reading the request" /> : null}
      {start.isError ? <Failure error={start.error} retry={() => void start.refetch()} /> : null}
      {start.data === undefined ? null : (
        <PlaygroundForm
          key={`${gatewayId} ${logId ?? ""}`}
          start={start.data}
          accountId={accountId}
          gatewayId={gatewayId}
        />
      )}
    </Page>
  );
}

function newStart(): PlaygroundStart {
  const [preset] = presets;
  return {
    provider: preset?.provider ?? "",
    path: preset?.path ?? "",
    body: JSON.stringify(preset?.body ?? {}, null, 2),
    note: null,
  };
}
