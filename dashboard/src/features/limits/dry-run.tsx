import { type FormEvent, useState } from "react";
import { callApi } from "../../api/call-api.ts";
import type { Operations } from "../../api/generated/operations.ts";
import { useFaults } from "../../api/use-faults.tsx";
import { useAccount } from "../../app/account.tsx";
import { Badge } from "../../components/ui/badge.tsx";
import { Button } from "../../components/ui/button.tsx";
import { NumberField } from "../../components/ui/number-field.tsx";
import { TextAreaField } from "../../components/ui/text-area-field.tsx";
import { TextField } from "../../components/ui/text-field.tsx";
import { GatewayChoice } from "../gateways/gateway-choice.tsx";
import { CacheVerdict } from "./cache-verdict.tsx";
import { headersOfLines } from "./header-lines.ts";
import { StandingBar } from "./standing-bar.tsx";

type Verdict = Operations["POST /api/accounts/{account_id}/dry-run"]["result"];

/** Asks which limits and cache rules a request would meet. Nothing is sent, counted or kept. */
export function DryRun() {
  const { accountId } = useAccount();
  const [gateway, setGateway] = useState("default");
  const [facts, setFacts] = useState({ provider: "", model: "", user: "", path: "chat/completions" });
  const [sent, setSent] = useState({ headers: "", body: "" });
  const [cost, setCost] = useState<number | string | null>(null);
  const [verdict, setVerdict] = useState<Verdict | null>(null);
  const { faultOf, rest, attempt, isBusy } = useFaults();
  const ask = (event: FormEvent): void => {
    event.preventDefault();
    const { user, ...asked } = facts;
    const body = {
      gateway,
      ...asked,
      ...(user === "" ? {} : { user }),
      ...(cost === null ? {} : { cost: cost as number }),
      headers: headersOfLines(sent.headers),
      ...(sent.body === "" ? {} : { body: sent.body }),
    };
    void attempt(async () => {
      const path = { account_id: accountId };
      setVerdict((await callApi("POST /api/accounts/{account_id}/dry-run", { path, body })).result);
    });
  };
  return (
    <section aria-labelledby="dry-run-title">
      <h2 id="dry-run-title" className="mb-1 font-semibold">
        Would a request pass?
      </h2>
      <p className="mb-2 text-soft">And would the cache answer it? Nothing is sent, counted or kept.</p>
      <form className="flex flex-wrap items-end gap-3" onSubmit={ask}>
        <div>
          <p className="mb-1 text-sm font-medium">Gateway</p>
          <GatewayChoice value={gateway} onGateway={setGateway} />
        </div>
        <TextField
          label="Provider"
          value={facts.provider}
          onText={(provider) => setFacts({ ...facts, provider })}
          fault={faultOf("body.provider")}
        />
        <TextField
          label="Model"
          value={facts.model}
          onText={(model) => setFacts({ ...facts, model })}
          fault={faultOf("body.model")}
        />
        <TextField
          label="User"
          value={facts.user}
          onText={(user) => setFacts({ ...facts, user })}
          fault={faultOf("body.user")}
        />
        <TextField
          label="Path"
          value={facts.path}
          onText={(path) => setFacts({ ...facts, path })}
          fault={faultOf("body.path")}
        />
        <NumberField label="Cost (US dollars)" value={cost} onValue={setCost} fault={faultOf("body.cost")} />
        <SentFields sent={sent} onSent={setSent} faultOf={faultOf} />
        <Button type="submit" disabled={isBusy}>
          Ask
        </Button>
      </form>
      <div className="mt-3 space-y-3" aria-live="polite">
        {rest()}
        {verdict === null ? null : <Answer verdict={verdict} />}
      </div>
    </section>
  );
}

interface SentFieldsProps {
  readonly sent: { readonly headers: string; readonly body: string };
  readonly onSent: (sent: SentFieldsProps["sent"]) => void;
  readonly faultOf: ReturnType<typeof useFaults>["faultOf"];
}

/** What of a request counts for the cache. */
function SentFields({ sent, onSent, faultOf }: SentFieldsProps) {
  return (
    <div className="grid w-full gap-3 sm:grid-cols-2">
      <TextAreaField
        label="Header fields"
        hint="name: value, one a line; all that clients send count for the cache."
        value={sent.headers}
        onText={(headers) => onSent({ ...sent, headers })}
        fault={faultOf("body.headers")}
      />
      <TextAreaField
        label="Body"
        hint="As it is sent; empty for the model alone."
        value={sent.body}
        onText={(body) => onSent({ ...sent, body })}
        fault={faultOf("body.body")}
      />
    </div>
  );
}

function Answer({ verdict: { would_pass: wouldPass, limits, others, cache } }: { readonly verdict: Verdict }) {
  return (
    <>
      <p className={wouldPass ? "text-good" : "text-bad"}>{wouldPass ? "It would pass." : "It would be refused."}</p>
      <ul className="divide-y divide-line rounded border border-line bg-panel">
        {limits.map((standing) => (
          <li key={`${standing.origin} ${standing.rule}`} className="grid gap-2 p-3 sm:grid-cols-[1fr_16rem]">
            <span className="flex flex-wrap items-center gap-2">
              <span className="font-medium">{standing.rule}</span>
              <Badge>{standing.origin.replace("_", " ")}</Badge>
              {standing.fits ? <Badge kind="good">has room</Badge> : <Badge kind="bad">has no room</Badge>}
            </span>
            <StandingBar standing={standing} />
          </li>
        ))}
        {others.map(({ rule, origin, because_of: cause }) => (
          <li key={`${origin} ${rule}`} className="p-3 text-soft">
            {rule} does not concern it, because of {cause}.
          </li>
        ))}
        {limits.length + others.length === 0 ? (
          <li className="p-3 text-soft">There is nothing that could refuse it.</li>
        ) : null}
      </ul>
      {cache === null ? null : <CacheVerdict verdict={cache} />}
    </>
  );
}
