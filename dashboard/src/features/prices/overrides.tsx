import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import type { PriceOverride } from "../../api/generated/operations.ts";
import { useApi, useChange } from "../../api/use-api.ts";
import { Answered } from "../../components/ui/answered.tsx";
import { Badge } from "../../components/ui/badge.tsx";
import { Button } from "../../components/ui/button.tsx";
import { Confirm } from "../../components/ui/confirm.tsx";
import { Pager } from "../../components/ui/pager.tsx";
import { type Column, PlainTable } from "../../components/ui/plain-table.tsx";
import { formatTime } from "../../lib/format.ts";
import { ModelName } from "./model-name.tsx";
import type { PricedModel } from "./price-form.tsx";

const route = getRouteApi("/shell/ui/prices");
const PER_PAGE = 50;

interface OverridesProps {
  /** Sets a price; null for those who may not. */
  readonly onSet: ((model: PricedModel) => void) | null;
}

/** Prices that were set here, the newest first. */
export function Overrides({ onSet }: OverridesProps) {
  const { page = 1 } = route.useSearch();
  const navigate = route.useNavigate();
  const overrides = useApi("GET /api/prices/overrides", { query: { page, per_page: PER_PAGE } });
  const change = useChange();
  const [withdrawn, setWithdrawn] = useState<PriceOverride | null>(null);
  return (
    <section aria-labelledby="overrides-title">
      <h2 id="overrides-title" className="mb-2 font-semibold">
        Set here, the newest first
      </h2>
      <Answered query={overrides}>
        {({ result, info }) => (
          <>
            <PlainTable
              label="Prices set here"
              columns={columnsOf(result, { onSet, onWithdraw: setWithdrawn })}
              rows={result}
              keyOf={({ id, provider, model, from }) => id ?? `${provider}/${model}/${from ?? ""}`}
              empty="No price was set here; the price list that came with the gateway counts."
            />
            <Pager
              page={page}
              perPage={PER_PAGE}
              total={info?.total_count ?? 0}
              onPage={(next) => void navigate({ search: { page: next } })}
            />
          </>
        )}
      </Answered>
      <Confirm
        title={`Withdraw the price of ${withdrawn?.model ?? ""}?`}
        action="Withdraw price"
        isOpen={withdrawn !== null}
        onClose={() => setWithdrawn(null)}
        onConfirm={async () => {
          if (withdrawn === null) return;
          const { provider, model } = withdrawn;
          await change("POST /api/prices/overrides", { body: { provider, model, prices: null } });
        }}
      >
        From now on the price list that came with the gateway counts again; what that does not know is unpriced. Costs
        of past requests stay.
      </Confirm>
    </section>
  );
}

function columnsOf(
  rows: readonly PriceOverride[],
  { onSet, onWithdraw }: Pick<OverridesProps, "onSet"> & { readonly onWithdraw: (row: PriceOverride) => void },
): Column<PriceOverride>[] {
  return [
    { title: "Model", cell: ({ provider, model }) => <ModelName provider={provider} model={model} /> },
    { title: "US dollars", cell: ({ prices }) => <Prices prices={prices} /> },
    { title: "From", isMinor: true, cell: ({ from }) => (from === null ? "ever" : formatTime(from)) },
    {
      title: "Set by",
      isMinor: true,
      cell: ({ source, overruled_by_file: isOverruled }) => (
        <span className="flex flex-wrap gap-1">
          {source === "file" ? <Badge>headgate.yaml</Badge> : "API"}
          {isOverruled ? <Badge kind="warn">headgate.yaml counts instead</Badge> : null}
        </span>
      ),
    },
    {
      title: "",
      align: "end",
      cell: (row) =>
        onSet === null || row.source === "file" ? null : (
          <span className="inline-flex gap-2">
            <Button
              onClick={() => onSet({ provider: row.provider, model: row.model, prices: row.prices ?? {} })}
              aria-label={`Change the price of ${row.model}`}
            >
              Change
            </Button>
            {row.prices === null || !isLast(rows, row) ? null : (
              <Button kind="danger" onClick={() => onWithdraw(row)} aria-label={`Withdraw the price of ${row.model}`}>
                Withdraw
              </Button>
            )}
          </span>
        ),
    },
  ];
}

/** Whether nothing newer was set for the same model; the newest come first. */
function isLast(rows: readonly PriceOverride[], row: PriceOverride): boolean {
  return rows.find(({ provider, model }) => provider === row.provider && model === row.model) === row;
}

/** Prices by name. */
function Prices({ prices }: { readonly prices: Readonly<Record<string, unknown>> | null }) {
  if (prices === null) return <span className="text-soft">withdrawn</span>;
  return (
    <ul className="text-xs">
      {Object.entries(prices).map(([name, value]) => (
        <li key={name}>
          <span className="text-soft">{name.replaceAll("_", " ")}</span>{" "}
          {typeof value === "number" ? value : JSON.stringify(value)}
        </li>
      ))}
    </ul>
  );
}
