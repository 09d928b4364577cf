import { type FormEvent, useState } from "react";
import type { CustomDomain } from "../../api/generated/operations.ts";
import { useApi, useChange } from "../../api/use-api.ts";
import { useFaults } from "../../api/use-faults.tsx";
import { useMay } from "../../app/session.tsx";
import { Answered } from "../../components/ui/answered.tsx";
import { Badge } from "../../components/ui/badge.tsx";
import { Button } from "../../components/ui/button.tsx";
import { Confirm } from "../../components/ui/confirm.tsx";
import { type Column, PlainTable } from "../../components/ui/plain-table.tsx";
import { TextField } from "../../components/ui/text-field.tsx";
import { formatTime } from "../../lib/format.ts";
import { useGatewayPath } from "./use-gateway.ts";

/** Host names whose paths begin with a provider. */
export function DomainsPage() {
  const path = useGatewayPath();
  const may = useMay();
  const change = useChange();
  const [removed, setRemoved] = useState<CustomDomain | null>(null);
  const domains = useApi("GET /client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/custom-domains", {
    path,
  });
  const columns: Column<CustomDomain>[] = [
    { title: "Host name", cell: ({ hostname }) => <span className="font-medium break-all">{hostname}</span> },
    {
      title: "DNS record to set",
      cell: ({ cname_target: target }) => <code className="text-xs break-all">CNAME {target}</code>,
    },
    { title: "Since", isMinor: true, cell: ({ created_at: createdAt }) => formatTime(createdAt) },
    {
      title: "",
      align: "end",
      cell: (domain) => {
        if (domain.managed_by === "file") return <Badge>headgate.yaml</Badge>;
        return may("domains.edit") ? (
          <Button kind="danger" onClick={() => setRemoved(domain)} aria-label={`Remove ${domain.hostname}`}>
            Remove
          </Button>
        ) : null;
      },
    },
  ];
  return (
    <div className="space-y-4">
      <p className="text-soft">
        Requests to such a host name reach this gateway without account and gateway in their path:
        https://ai.example.com/&#123;provider&#125;/….
      </p>
      {may("domains.edit") ? <AddDomain /> : null}
      <Answered query={domains}>
        {({ result }) => (
          <PlainTable
            label="Custom domains"
            columns={columns}
            rows={result}
            keyOf={({ hostname }) => hostname}
            empty="This gateway has no host name of its own."
          />
        )}
      </Answered>
      <Confirm
        title={`Remove ${removed?.hostname ?? ""}?`}
        action="Remove domain"
        isOpen={removed !== null}
        onClose={() => setRemoved(null)}
        onConfirm={() =>
          change("DELETE /client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/custom-domains/{hostname}", {
            path: { ...path, hostname: removed?.hostname ?? "" },
          })
        }
      >
        Requests to it no longer reach this gateway.
      </Confirm>
    </div>
  );
}

function AddDomain() {
  const path = useGatewayPath();
  const change = useChange();
  const [domain, setDomain] = useState("");
  const { faultOf, rest, attempt, isBusy } = useFaults();
  const add = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const isAdded = await attempt(() =>
      change("POST /client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/custom-domains", {
        path,
        body: { domain: domain.trim() },
      }),
    );
    if (isAdded) setDomain("");
  };
  return (
    <form className="max-w-md space-y-3" onSubmit={(event) => void add(event)}>
      <TextField
        label="Add a host name"
        placeholder="ai.example.com"
        autoComplete="off"
        value={domain}
        onText={setDomain}
        fault={faultOf("body.domain")}
      />
      {rest()}
      <Button type="submit" disabled={isBusy || domain.trim() === ""}>
        Add
      </Button>
    </form>
  );
}
