import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Gateway } from "../../api/generated/operations.ts";
import { useApi } from "../../api/use-api.ts";
import { useAccount } from "../../app/account.tsx";
import { useMay } from "../../app/session.tsx";
import { Answered } from "../../components/ui/answered.tsx";
import { Badge } from "../../components/ui/badge.tsx";
import { AddButton } from "../../components/ui/add-button.tsx";
import { Page } from "../../components/ui/page.tsx";
import { Pager } from "../../components/ui/pager.tsx";
import { type Column, PlainTable } from "../../components/ui/plain-table.tsx";
import { TextField } from "../../components/ui/text-field.tsx";
import { formatCount, formatTime, formatUsd, NOTHING } from "../../lib/format.ts";
import { CreateGateway } from "./create-gateway.tsx";
import { type GatewayCounts, useGatewayCounts } from "./use-gateway-counts.ts";

const route = getRouteApi("/shell/ui/gateways");
const PER_PAGE = 20;

/** Every gateway of the account: find one, make one. */
export function GatewaysPage() {
  const { accountId } = useAccount();
  const { page = 1, q = "" } = route.useSearch();
  const navigate = route.useNavigate();
  const may = useMay();
  const [isCreating, setCreating] = useState(false);
  const counts = useGatewayCounts(accountId);
  const gateways = useApi("GET /client/v4/accounts/{account_id}/ai-gateway/gateways", {
    path: { account_id: accountId },
    query: { page, per_page: PER_PAGE, search: q.slice(0, 64) },
  });
  const actions = (
    <AddButton isAllowed={may("gateways.edit")} label="Create gateway" onClick={() => setCreating(true)} />
  );
  return (
    <Page
      title="Gateways"
      lead="Each is an address for requests, with settings of its own. Numbers are of the last 24 hours."
      actions={actions}
    >
      <TextField
        label="Find by name"
        type="search"
        className="mb-3 max-w-xs"
        value={q}
        onText={(text) => void navigate({ search: text === "" ? {} : { q: text }, replace: true })}
      />
      <Answered query={gateways}>
        {({ result, info }) => (
          <>
            <PlainTable
              label="Gateways"
              columns={columnsOf(accountId, counts)}
              rows={result}
              keyOf={({ id }) => id}
              empty={q === "" ? "There is no gateway yet." : `No gateway has “${q}” in its name.`}
            />
            <Pager
              page={page}
              perPage={PER_PAGE}
              total={info?.total_count ?? 0}
              onPage={(next) => void navigate({ search: { ...(q === "" ? {} : { q }), page: next } })}
            />
          </>
        )}
      </Answered>
      <CreateGateway isOpen={isCreating} onClose={() => setCreating(false)} />
    </Page>
  );
}

function columnsOf(accountId: string, counts: ReadonlyMap<string, GatewayCounts>): readonly Column<Gateway>[] {
  const of = ({ id }: Gateway) => counts.get(id);
  return [
    {
      title: "Gateway",
      cell: (gateway) => (
        <span className="flex flex-wrap items-center gap-x-2">
          <Link
            to="/ui/gateways/$gatewayId/settings"
            params={{ gatewayId: gateway.id }}
            className="font-medium text-accent hover:underline"
          >
            {gateway.id}
          </Link>
          {gateway.managed_by === "file" ? <Badge>headgate.yaml</Badge> : null}
        </span>
      ),
    },
    { title: "Requests", align: "end", cell: (gateway) => formatCount(of(gateway)?.requests ?? 0) },
    { title: "Cost", align: "end", cell: (gateway) => formatUsd(of(gateway)?.cost ?? 0) },
    { title: "Status", cell: (gateway) => <Health counts={of(gateway)} /> },
    { title: "Logs", align: "end", isMinor: true, cell: ({ id }) => <Logs accountId={accountId} gatewayId={id} /> },
    {
      title: "Last request",
      isMinor: true,
      cell: ({ id }) => <LastRequest accountId={accountId} gatewayId={id} />,
    },
    {
      title: "Open to",
      isMinor: true,
      cell: ({ authentication }) => (authentication ? "tokens" : <span className="text-warn">everybody</span>),
    },
  ];
}

function Health({ counts }: { readonly counts: GatewayCounts | undefined }) {
  if (counts === undefined) return <span className="text-soft">No requests</span>;
  if (counts.errors === 0) return <Badge kind="good">Healthy</Badge>;
  return (
    <Badge kind={counts.errors * 20 > counts.requests ? "bad" : "warn"}>{formatCount(counts.errors)} failed</Badge>
  );
}

interface OfGateway {
  readonly accountId: string;
  readonly gatewayId: string;
}

function Logs(of: OfGateway) {
  const total = useNewestLog(of).data?.info?.total_count;
  return total === undefined ? NOTHING : formatCount(total);
}

function LastRequest(of: OfGateway) {
  return <span className="whitespace-nowrap">{formatTime(useNewestLog(of).data?.result[0]?.created_at)}</span>;
}

function useNewestLog({ accountId, gatewayId }: OfGateway) {
  const may = useMay();
  return useApi(
    "GET /client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/logs",
    { path: { account_id: accountId, gateway_id: gatewayId }, query: { per_page: 1 } },
    may("logs.read"),
  );
}
