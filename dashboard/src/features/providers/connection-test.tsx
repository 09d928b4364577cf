import { type FormEvent, useState } from "react";
import type { CustomProvider } from "../../api/generated/operations.ts";
import { useAccount } from "../../app/account.tsx";
import { Badge } from "../../components/ui/badge.tsx";
import { Button } from "../../components/ui/button.tsx";
import { Dialog } from "../../components/ui/dialog.tsx";
import { TextField } from "../../components/ui/text-field.tsx";
import { formatDuration } from "../../lib/format.ts";
import { GatewayChoice } from "../gateways/gateway-choice.tsx";
import { type TrialAnswer, tryProvider } from "./try-provider.ts";

/** Sends a provider a cheap request through a gateway and shows what came. @param provider null for closed. */
export function ConnectionTest({
  provider,
  onClose,
}: {
  readonly provider: CustomProvider | null;
  readonly onClose: () => void;
}) {
  return (
    <Dialog
      title={`Does ${provider?.name ?? ""} answer?`}
      lead="Sends one GET through a gateway, as an application would: with the key stored there, and logged like every request."
      isOpen={provider !== null}
      onClose={onClose}
    >
      {provider === null ? null : <Trial provider={provider} />}
    </Dialog>
  );
}

function Trial({ provider }: { readonly provider: CustomProvider }) {
  const { accountId } = useAccount();
  const [gatewayId, setGatewayId] = useState("default");
  const [path, setPath] = useState(/\/v\d[^/]*\/?$/.test(provider.base_url) ? "models" : "v1/models");
  const [isBusy, setBusy] = useState(false);
  const [answer, setAnswer] = useState<TrialAnswer | null>(null);
  const send = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setAnswer(await tryProvider(`/v1/${accountId}/${gatewayId}/custom-${provider.slug}/${path}`));
    setBusy(false);
  };
  return (
    <form className="space-y-4" onSubmit={(event) => void send(event)}>
      <div>
        <p className="mb-1 text-sm font-medium">Through the gateway</p>
        <GatewayChoice value={gatewayId} onGateway={setGatewayId} />
      </div>
      <TextField
        label="Path after the base URL"
        value={path}
        onText={setPath}
        spellCheck={false}
        hint={`${provider.base_url.replace(/\/$/, "")}/${path}`}
      />
      <Button kind="main" type="submit" disabled={isBusy}>
        {isBusy ? "Waiting …" : "Send"}
      </Button>
      <div aria-live="polite">{answer === null ? null : <Came answer={answer} />}</div>
    </form>
  );
}

function Came({ answer: { status, tookMs, text, fault } }: { readonly answer: TrialAnswer }) {
  if (fault !== null) return <p className="text-bad">{fault}</p>;
  const isGood = status >= 200 && status < 300;
  return (
    <div className="space-y-2">
      <p>
        <Badge kind={isGood ? "good" : "bad"}>{status}</Badge> after {formatDuration(tookMs)}.{" "}
        {isGood ? "It answers." : adviceFor(status)}
      </p>
      <pre className="max-h-60 overflow-auto rounded border border-line bg-page p-2 font-mono text-xs break-all whitespace-pre-wrap">
        {text === "" ? "(no body)" : text}
      </pre>
    </div>
  );
}

function adviceFor(status: number): string {
  if (status === 401)
    return "A credential is missing: the gateway asks for a token, or the provider for a key. The body says which.";
  if (status === 403) return "Somebody refuses; the body says who.";
  if (status === 404) return "The server answers, and has nothing at this path: look at the base URL and the path.";
  if (status >= 500) return "The provider cannot be reached or fails; the body says more.";
  return "The body says what is wrong.";
}
