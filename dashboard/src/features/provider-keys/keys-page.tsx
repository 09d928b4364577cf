import { useState } from "react";
import type { ProviderConfig, RestingKey } from "../../api/generated/operations.ts";
import { useApi, useChange } from "../../api/use-api.ts";
import { useMay } from "../../app/session.tsx";
import { Answered } from "../../components/ui/answered.tsx";
import { Badge } from "../../components/ui/badge.tsx";
import { AddButton } from "../../components/ui/add-button.tsx";
import { Button } from "../../components/ui/button.tsx";
import { Confirm } from "../../components/ui/confirm.tsx";
import { type Column, PlainTable } from "../../components/ui/plain-table.tsx";
import { formatShare, formatTime } from "../../lib/format.ts";
import { useGatewayPath } from "../gateway-settings/use-gateway.ts";
import { KeyForm } from "./key-form.tsx";
import { KeyState } from "./key-state.tsx";
import { useRestingKeys } from "./use-resting-keys.ts";

/** Keys of providers that this gateway sends in the place of its clients. */
export function KeysPage() {
  const path = useGatewayPath();
  const may = useMay();
  const change = useChange();
  const [edited, setEdited] = useState<ProviderConfig | "new" | null>(null);
  const [removed, setRemoved] = useState<ProviderConfig | null>(null);
  const keys = useApi("GET /client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/provider_configs", {
    path,
    query: { per_page: 100 },
  });
  const resting = useRestingKeys(path);
  const mayEdit = may("keys.edit");
  return (
    <div className="space-y-4">
      <div className="flex flex-wrap items-start justify-between gap-3">
        <p className="max-w-2xl text-soft">
          They are sealed at once and never shown again. Keys of one provider with the same alias form a pool: requests
          are spread over them by weight, and a key that fails rests.
        </p>
        <AddButton isAllowed={mayEdit} label="Add key" onClick={() => setEdited("new")} />
      </div>
      <Answered query={keys}>
        {({ result }) => (
          <PlainTable
            label="Provider keys"
            columns={[...columnsOf(result, resting), ...(mayEdit ? [actionsOf(setEdited, setRemoved)] : [])]}
            rows={result}
            keyOf={({ id }) => id}
            empty="No key is stored. Requests have to bring their own, or add one here."
          />
        )}
      </Answered>
      <KeyForm edited={edited} onClose={() => setEdited(null)} />
      <Confirm
        title={`Delete the key ${removed?.alias ?? ""} of ${removed?.provider_slug ?? ""}?`}
        action="Delete key"
        isOpen={removed !== null}
        onClose={() => setRemoved(null)}
        onConfirm={() =>
          change(
            "DELETE /client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/provider_configs/{config_id}",
            {
              path: { ...path, config_id: removed?.id ?? "" },
            },
          )
        }
      >
        Requests that relied on it need a key of their own from then on. A secret that was made for it alone goes with
        it.
      </Confirm>
    </div>
  );
}

function columnsOf(
  all: readonly ProviderConfig[],
  resting: ReadonlyMap<string, RestingKey>,
): readonly Column<ProviderConfig>[] {
  return [
    { title: "Provider", cell: ({ provider_slug: slug }) => <span className="font-medium">{slug}</span> },
    {
      title: "Alias",
      cell: ({ alias, default_config: isDefault }) => (
        <span className="flex flex-wrap items-center gap-2">
          {alias} {isDefault ? <Badge kind="good">default</Badge> : null}
        </span>
      ),
    },
    { title: "Key", cell: ({ secret_preview: preview }) => <code className="text-xs break-all">{preview}</code> },
    { title: "State", cell: ({ id }) => <KeyState resting={resting.get(id)} /> },
    { title: "Share", align: "end", cell: (key) => shareOf(key, all) },
    { title: "Changed", isMinor: true, cell: ({ modified_at: changed }) => formatTime(changed) },
  ];
}

/** The share of requests a key gets in its pool. */
function shareOf(key: ProviderConfig, all: readonly ProviderConfig[]): string {
  const pool = all.filter((other) => other.provider_slug === key.provider_slug && other.alias === key.alias);
  const sum = pool.reduce((total, { weight }) => total + weight, 0);
  return pool.length === 1 ? "all" : `${formatShare(key.weight / sum)} of ${pool.length} keys`;
}

function actionsOf(edit: (key: ProviderConfig) => void, remove: (key: ProviderConfig) => void): Column<ProviderConfig> {
  return {
    title: "",
    align: "end",
    cell: (key) =>
      key.managed_by === "file" ? (
        <Badge>headgate.yaml</Badge>
      ) : (
        <span className="inline-flex gap-2">
          <Button onClick={() => edit(key)} aria-label={`Change the key ${key.alias} of ${key.provider_slug}`}>
            Change
          </Button>
          <Button
            kind="danger"
            onClick={() => remove(key)}
            aria-label={`Delete the key ${key.alias} of ${key.provider_slug}`}
          >
            Delete
          </Button>
        </span>
      ),
  };
}
