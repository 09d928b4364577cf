import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Check, Circle } from "lucide-react";
import { type ReactNode, useMemo } from "react";
import { callApi } from "../../api/call-api.ts";
import { useAccount } from "../../app/account.tsx";
import { Failure } from "../../components/ui/failure.tsx";
import { Page } from "../../components/ui/page.tsx";
import { formatTime } from "../../lib/format.ts";
import { GatewayChoice } from "../gateways/gateway-choice.tsx";
import { useGateways } from "../gateways/use-gateways.ts";
import { useLiveTail } from "../logs/use-live-tail.ts";
import { CodePanel } from "./code-panel.tsx";

const route = getRouteApi("/shell/ui/start");

/** From nothing to the first request: what is there already, what is missing, and code to copy. */
export function StartPage() {
  const { accountId } = useAccount();
  const { gateway: gatewayId = "default" } = route.useSearch();
  const navigate = route.useNavigate();
  const { gateways, hasKey, first, isListening } = useFirstSteps(accountId, gatewayId);
  const gateway = gateways.data?.result.find(({ id }) => id === gatewayId);
  const needsToken = gateway?.authentication === true;
  const place = useMemo(
    () => ({ origin: location.origin, accountId, gatewayId, needsToken }),
    [accountId, gatewayId, needsToken],
  );
  return (
    <Page
      title="First steps"
      lead="Send a request through the gateway and see it arrive."
      actions={<GatewayChoice value={gatewayId} onGateway={(id) => void navigate({ search: { gateway: id } })} />}
    >
      {gateways.isError ? <Failure error={gateways.error} retry={() => void gateways.refetch()} /> : null}
      <ol aria-label="Steps" className="mb-6 grid gap-2">
        <Step isDone={gateway !== undefined} title="A gateway">
          {gateway === undefined
            ? `There is no gateway ${gatewayId}; choose another one above.`
            : `${gatewayId} takes requests at ${location.origin}/v1/${accountId}/${gatewayId}.`}
        </Step>
        <Step isDone={hasKey} title="A key of a provider">
          {hasKey
            ? "Stored here; requests need none of their own."
            : "Send it with your requests as always, or store it here and keep it out of your programs."}
        </Step>
        <Step isDone={first !== undefined} title="The first request">
          {first === undefined ? (
            <span role="status">
              {isListening ? "Listening: it shows up here by itself." : "Beginning to listen …"}
            </span>
          ) : (
            <span role="status">
              Seen {formatTime(first.created_at)}: {first.model}, {first.status_code}.{" "}
              <Link to="/ui/logs" search={{ gateway: gatewayId, log: first.id }} className="text-accent underline">
                Open its log
              </Link>
            </span>
          )}
        </Step>
      </ol>
      <h2 className="mb-2 text-base font-semibold">From your program</h2>
      <CodePanel {...place} />
      {needsToken ? (
        <p className="mt-2 text-soft">
          This gateway asks for a token: the code takes one from <code>HEADGATE_TOKEN</code>.
        </p>
      ) : null}
      <h2 className="mt-6 mb-2 text-base font-semibold">From this browser</h2>
      <Link
        to="/ui/playground"
        search={{ gateway: gatewayId }}
        className="inline-flex rounded bg-accent px-3 py-1.5 font-medium text-accent-ink hover:opacity-90"
      >
        Open the playground
      </Link>
    </Page>
  );
}

/** What of the first steps is done in a gateway; what happens meanwhile shows up by itself. */
function useFirstSteps(accountId: string, gatewayId: string) {
  const gateways = useGateways();
  const path = { account_id: accountId, gateway_id: gatewayId };
  const keys = useQuery({
    queryKey: ["provider configs", accountId, gatewayId],
    queryFn: () =>
      callApi("GET /client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/provider_configs", { path }),
  });
  const newest = useQuery({
    queryKey: ["newest log", accountId, gatewayId],
    queryFn: () =>
      callApi("GET /client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/logs", {
        path,
        query: { per_page: 1 },
      }),
  });
  const tail = useLiveTail(
    true,
    useMemo(() => ({ gatewayId, filters: [], search: undefined }), [gatewayId]),
  );
  return {
    gateways,
    hasKey: (keys.data?.result.length ?? 0) > 0,
    first: tail.rows[0] ?? newest.data?.result[0],
    isListening: tail.state === "open",
  };
}

interface StepProps {
  readonly isDone: boolean;
  readonly title: string;
  readonly children: ReactNode;
}

function Step({ isDone, title, children }: StepProps) {
  const Icon = isDone ? Check : Circle;
  return (
    <li className="flex gap-3 rounded border border-line bg-panel p-3">
      <Icon
        size={18}
        role="img"
        aria-label={isDone ? "done" : "not yet"}
        className={`mt-0.5 shrink-0 ${isDone ? "text-good" : "text-soft"}`}
      />
      <div className="min-w-0">
        <p className="font-medium">{title}</p>
        <div className="text-soft [overflow-wrap:anywhere]">{children}</div>
      </div>
    </li>
  );
}
