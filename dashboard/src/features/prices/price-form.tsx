import { type FormEvent, useState } from "react";
import { setAPriceBody } from "../../api/generated/bodies.ts";
import { useChange } from "../../api/use-api.ts";
import { useFaults } from "../../api/use-faults.tsx";
import { Dialog } from "../../components/ui/dialog.tsx";
import { FormButtons } from "../../components/ui/form-buttons.tsx";
import { NumberField } from "../../components/ui/number-field.tsx";
import { TextField } from "../../components/ui/text-field.tsx";
import { isoTimeOf } from "../../lib/local-time.ts";
import { memberFault } from "../../lib/value-fault.ts";
import { ProviderField } from "../provider-keys/provider-field.tsx";

/** A model, and the prices it has so far. */
export interface PricedModel {
  readonly provider: string;
  readonly model: string;
  readonly prices: Readonly<Record<string, unknown>>;
}

/** Sets the price of a model. @param edited null for closed. */
export function PriceForm({ edited, onClose }: { readonly edited: PricedModel | null; readonly onClose: () => void }) {
  return (
    <Dialog
      title="Set a price"
      lead="In US dollars. It counts from now on, or from the moment given."
      isOpen={edited !== null}
      onClose={onClose}
    >
      {edited === null ? null : <Form known={edited} onClose={onClose} />}
    </Dialog>
  );
}

const named = [
  { name: "input_per_million", label: "A million tokens in" },
  { name: "output_per_million", label: "A million tokens out" },
  { name: "cache_read_per_million", label: "A million tokens read from the provider's cache" },
  { name: "cache_write_per_million", label: "A million tokens written to it" },
] as const;

function Form({ known, onClose }: { readonly known: PricedModel; readonly onClose: () => void }) {
  const [provider, setProvider] = useState(known.provider);
  const [model, setModel] = useState(known.model);
  const [prices, setPrices] = useState<Readonly<Record<string, unknown>>>(known.prices);
  const [from, setFrom] = useState("");
  const change = useChange();
  const { faultOf, rest, attempt, isBusy } = useFaults();
  const given = Object.fromEntries(Object.entries(prices).filter(([, value]) => value !== null));
  const isWrong = named.some(({ name }) => typeof prices[name] === "string");
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const time = isoTimeOf(from);
    const body = {
      provider: provider.trim(),
      model: model.trim(),
      prices: given,
      ...(time === null ? {} : { from: time }),
    };
    if (await attempt(() => change("POST /api/prices/overrides", { body }))) onClose();
  };
  const modelFault = model === "" ? undefined : memberFault(setAPriceBody, "model", model);
  return (
    <form className="space-y-4" onSubmit={(event) => void submit(event)}>
      <ProviderField value={provider} onText={setProvider} fault={faultOf("body.provider")} />
      <TextField
        label="Model"
        autoComplete="off"
        hint="Its name, or the beginning of names with one closing *."
        value={model}
        onText={setModel}
        fault={faultOf("body.model") ?? modelFault}
      />
      {named.map(({ name, label }) => (
        <NumberField
          key={name}
          label={label}
          value={(prices[name] ?? null) as number | string | null}
          onValue={(value) => setPrices({ ...prices, [name]: value })}
          fault={faultOf(`body.prices.${name}`) ?? (typeof prices[name] === "string" ? "Expected a number" : undefined)}
        />
      ))}
      <TextField
        label="From"
        type="datetime-local"
        hint="Empty for now."
        value={from}
        onText={setFrom}
        fault={faultOf("body.from")}
      />
      {rest()}
      <FormButtons
        action="Set price"
        isDisabled={
          isBusy || isWrong || provider.trim() === "" || model.trim() === "" || Object.keys(given).length === 0
        }
        onCancel={onClose}
      />
    </form>
  );
}
