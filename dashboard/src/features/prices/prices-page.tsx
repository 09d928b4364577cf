import { getRouteApi } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useState } from "react";
import type { Operations, PriceOverride } from "../../api/generated/operations.ts";
import { useApi } from "../../api/use-api.ts";
import { useMay } from "../../app/session.tsx";
import { Answered } from "../../components/ui/answered.tsx";
import { Badge } from "../../components/ui/badge.tsx";
import { Button } from "../../components/ui/button.tsx";
import { Page } from "../../components/ui/page.tsx";
import { Pager } from "../../components/ui/pager.tsx";
import { type Column, PlainTable } from "../../components/ui/plain-table.tsx";
import { formatCount, formatTime } from "../../lib/format.ts";
import { PriceForm, type PricedModel } from "./price-form.tsx";
import { PriceLookup } from "./price-lookup.tsx";

const route = getRouteApi("/shell/ui/prices");
const PER_PAGE = 50;

type Unpriced = Operations["GET /api/prices/unpriced"]["result"][number];

/** What models cost: those whose price nobody knows first, then what was set here. */
export function PricesPage() {
  const may = useMay();
  const [edited, setEdited] = useState<PricedModel | null>(null);
  const mayEdit = may("prices.edit", "everywhere");
  return (
    <Page
      title="Prices"
      lead="Most models have a price by themselves. What is set here counts from its moment on; costs of past requests stay."
      actions={
        mayEdit ? (
          <Button kind="main" onClick={() => setEdited({ provider: "", model: "", prices: {} })}>
            <Plus size={16} aria-hidden /> Set a price
          </Button>
        ) : null
      }
    >
      <div className="space-y-6">
        {may("system.read", "everywhere") ? <UnpricedModels onSet={mayEdit ? setEdited : null} /> : null}
        <PriceLookup />
        <Overrides onSet={mayEdit ? setEdited : null} />
      </div>
      <PriceForm edited={edited} onClose={() => setEdited(null)} />
    </Page>
  );
}

interface SectionProps {
  /** Sets a price; null for those who may not. */
  readonly onSet: ((model: PricedModel) => void) | null;
}

function UnpricedModels({ onSet }: SectionProps) {
  const unpriced = useApi("GET /api/prices/unpriced", {});
  const columns: Column<Unpriced>[] = [
    { title: "Model", cell: ({ provider, model }) => <ModelName provider={provider} model={model} /> },
    { title: "Requests", align: "end", cell: ({ requests }) => formatCount(requests) },
    { title: "Tokens in", align: "end", isMinor: true, cell: ({ tokens_in: tokens }) => formatCount(tokens) },
    { title: "Tokens out", align: "end", isMinor: true, cell: ({ tokens_out: tokens }) => formatCount(tokens) },
    { title: "Last request", isMinor: true, cell: ({ last_seen: seen }) => formatTime(seen) },
    {
      title: "",
      align: "end",
      cell: ({ provider, model, has_price: hasPrice }) => {
        if (hasPrice) return <Badge kind="good">priced by now</Badge>;
        if (model === null || onSet === null) return null;
        return (
          <Button onClick={() => onSet({ provider, model, prices: {} })} aria-label={`Set a price for ${model}`}>
            Set a price
          </Button>
        );
      },
    },
  ];
  return (
    <section aria-labelledby="unpriced-title">
      <h2 id="unpriced-title" className="mb-2 font-semibold">
        Used without a price
      </h2>
      <Answered query={unpriced}>
        {({ result }) => (
          <PlainTable
            label="Models without a price"
            columns={columns}
            rows={result}
            keyOf={({ provider, model }) => `${provider}/${model ?? ""}`}
            empty="Every request so far has a known cost."
          />
        )}
      </Answered>
    </section>
  );
}

function Overrides({ onSet }: SectionProps) {
  const { page = 1 } = route.useSearch();
  const navigate = route.useNavigate();
  const overrides = useApi("GET /api/prices/overrides", { query: { page, per_page: PER_PAGE } });
  const columns: Column<PriceOverride>[] = [
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
      cell: ({ provider, model, prices, source }) =>
        onSet === null || source === "file" ? null : (
          <Button
            onClick={() => onSet({ provider, model, prices: prices ?? {} })}
            aria-label={`Change the price of ${model}`}
          >
            Change
          </Button>
        ),
    },
  ];
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
              columns={columns}
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
    </section>
  );
}

function ModelName({ provider, model }: { readonly provider: string; readonly model: string | null }) {
  return (
    <>
      <span className="block font-medium break-all">{model ?? "no model named"}</span>
      <span className="text-xs text-soft">{provider}</span>
    </>
  );
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
