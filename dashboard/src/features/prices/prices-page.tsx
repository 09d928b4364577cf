import { useState } from "react";
import type { Operations } from "../../api/generated/operations.ts";
import { useApi } from "../../api/use-api.ts";
import { useMay } from "../../app/session.tsx";
import { Answered } from "../../components/ui/answered.tsx";
import { Badge } from "../../components/ui/badge.tsx";
import { AddButton } from "../../components/ui/add-button.tsx";
import { Button } from "../../components/ui/button.tsx";
import { Page } from "../../components/ui/page.tsx";
import { type Column, PlainTable } from "../../components/ui/plain-table.tsx";
import { formatCount, formatTime } from "../../lib/format.ts";
import { ModelName } from "./model-name.tsx";
import { Overrides } from "./overrides.tsx";
import { PriceForm, type PricedModel } from "./price-form.tsx";
import { PriceLookup } from "./price-lookup.tsx";

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
        <AddButton
          isAllowed={mayEdit}
          label="Set a price"
          onClick={() => setEdited({ provider: "", model: "", prices: {} })}
        />
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
