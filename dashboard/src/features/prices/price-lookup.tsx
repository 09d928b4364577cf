import { type FormEvent, useState } from "react";
import { useApi } from "../../api/use-api.ts";
import { Answered } from "../../components/ui/answered.tsx";
import { Button } from "../../components/ui/button.tsx";
import { TextField } from "../../components/ui/text-field.tsx";

const sources = {
  list: "the price list that came with the gateway",
  file: "headgate.yaml",
  api: "what was set here",
} as const;

/** Tells what a model costs now, and who says so. */
export function PriceLookup() {
  const [provider, setProvider] = useState("");
  const [model, setModel] = useState("");
  const [asked, setAsked] = useState<{ readonly provider: string; readonly model: string } | null>(null);
  const price = useApi("GET /api/prices", { query: asked ?? { provider: "-", model: "-" } }, asked !== null);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setAsked({ provider: provider.trim(), model: model.trim() });
  };
  return (
    <section aria-labelledby="lookup-title">
      <h2 id="lookup-title" className="mb-2 font-semibold">
        What does a model cost?
      </h2>
      <form className="flex flex-wrap items-end gap-3" onSubmit={submit}>
        <TextField label="Provider" value={provider} onText={setProvider} autoComplete="off" />
        <TextField label="Model" value={model} onText={setModel} autoComplete="off" />
        <Button type="submit" disabled={provider.trim() === "" || model.trim() === ""}>
          Look it up
        </Button>
      </form>
      <div aria-live="polite" className="mt-2">
        {asked === null ? null : (
          <Answered query={price}>
            {({ result }) =>
              result.price === null ? (
                <p className="text-warn">Nobody knows; requests count without cost.</p>
              ) : (
                <div>
                  <p className="text-soft">In US dollars, says {sources[result.price.source]}:</p>
                  <pre className="mt-1 overflow-x-auto rounded border border-line bg-panel p-2 font-mono text-xs">
                    {JSON.stringify(result.price.prices, null, 2)}
                  </pre>
                </div>
              )
            }
          </Answered>
        )}
      </div>
    </section>
  );
}
