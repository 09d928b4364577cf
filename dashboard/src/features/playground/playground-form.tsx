import { useEffect, useId, useRef, useState } from "react";
import { Button } from "../../components/ui/button.tsx";
import { SelectField } from "../../components/ui/select-field.tsx";
import { TextField } from "../../components/ui/text-field.tsx";
import { AnswerView } from "./answer-view.tsx";
import { keyHeaderOf, presets } from "./playground-presets.ts";
import { type PlaygroundAnswer, sendRequest } from "./send-request.ts";

/** What the form begins with. */
export interface PlaygroundStart {
  readonly provider: string;
  readonly path: string;
  readonly body: string;
  /** What is to be known of it; null for nothing. */
  readonly note: string | null;
}

interface PlaygroundFormProps {
  readonly start: PlaygroundStart;
  readonly accountId: string;
  readonly gatewayId: string;
}

/** A request, and what comes back. Keys are held by this page alone and are gone with it. */
export function PlaygroundForm({ start, accountId, gatewayId }: PlaygroundFormProps) {
  const [provider, setProvider] = useState(start.provider);
  const [path, setPath] = useState(start.path);
  const [body, setBody] = useState(start.body);
  const [providerKey, setProviderKey] = useState("");
  const [token, setToken] = useState("");
  const [answer, setAnswer] = useState<PlaygroundAnswer | null>(null);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);
  const fault = jsonFault(body);
  const isRunning = answer?.step === "waiting" || answer?.step === "coming";
  const send = (): void => {
    const stop = new AbortController();
    running.current = stop;
    const url = `/v1/${accountId}/${gatewayId}/${provider}/${path.replace(/^\//, "")}`;
    const headers = headersOf({ provider, providerKey, token });
    void sendRequest({ url, headers, body }, stop.signal, (told) => {
      if (running.current === stop) setAnswer(told);
    });
  };
  return (
    <div className="grid gap-6 lg:grid-cols-2">
      <form
        className="grid content-start gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (fault === null && !isRunning) send();
        }}
      >
        {start.note === null ? null : <p className="text-warn">{start.note}</p>}
        <SelectField
          label="Begin with"
          value=""
          choices={[{ value: "", label: "a request of …" }, ...presets.map(({ label }) => ({ value: label, label }))]}
          onChoose={(label) => {
            const preset = presets.find((each) => each.label === label);
            if (preset === undefined) return;
            setProvider(preset.provider);
            setPath(preset.path);
            setBody(JSON.stringify(preset.body, null, 2));
          }}
        />
        <div className="grid grid-cols-[minmax(6rem,1fr)_2fr] gap-3">
          <TextField label="Provider" required value={provider} onText={setProvider} />
          <TextField label="Path" value={path} onText={setPath} />
        </div>
        <CredentialFields {...{ providerKey, setProviderKey, token, setToken }} />
        <BodyField body={body} onBody={setBody} fault={fault} />
        <div className="flex gap-2">
          <Button kind="main" type="submit" disabled={fault !== null || isRunning}>
            Send
          </Button>
          {isRunning ? <Button onClick={() => running.current?.abort()}>Stop</Button> : null}
        </div>
      </form>
      {answer === null ? (
        <p className="rounded border border-dashed border-line p-6 text-soft">The answer is shown here as it comes.</p>
      ) : (
        <AnswerView answer={answer} gatewayId={gatewayId} />
      )}
    </div>
  );
}

interface CredentialFieldsProps {
  readonly providerKey: string;
  readonly setProviderKey: (key: string) => void;
  readonly token: string;
  readonly setToken: (token: string) => void;
}

function CredentialFields({ providerKey, setProviderKey, token, setToken }: CredentialFieldsProps) {
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <TextField
        label="Key of the provider"
        type="password"
        autoComplete="off"
        value={providerKey}
        onText={setProviderKey}
        hint="Left empty, a stored key is used."
      />
      <TextField
        label="Token of the gateway"
        type="password"
        autoComplete="off"
        value={token}
        onText={setToken}
        hint="Only where it asks for one."
      />
    </div>
  );
}

interface BodyFieldProps {
  readonly body: string;
  readonly onBody: (body: string) => void;
  readonly fault: string | null;
}

function BodyField({ body, onBody, fault }: BodyFieldProps) {
  const bodyId = useId();
  return (
    <div>
      <label htmlFor={bodyId} className="mb-1 block text-sm font-medium">
        Body
      </label>
      <textarea
        id={bodyId}
        rows={16}
        spellCheck={false}
        aria-invalid={fault !== null}
        className="w-full rounded border border-line bg-panel p-2 font-mono text-xs"
        value={body}
        onChange={(event) => onBody(event.currentTarget.value)}
      />
      {fault === null ? null : <p className="text-xs text-bad">{fault}</p>}
    </div>
  );
}

interface Credentials {
  readonly provider: string;
  readonly providerKey: string;
  readonly token: string;
}

function headersOf({ provider, providerKey, token }: Credentials): Record<string, string> {
  const keyHeader = keyHeaderOf(provider);
  const key = providerKey.trim();
  return {
    "content-type": "application/json",
    "cf-aig-usage": "true",
    ...(key === "" ? {} : { [keyHeader]: keyHeader === "authorization" ? `Bearer ${key}` : key }),
    ...(provider === "anthropic" ? { "anthropic-version": "2023-06-01" } : {}),
    ...(token.trim() === "" ? {} : { "cf-aig-authorization": `Bearer ${token.trim()}` }),
  };
}

function jsonFault(text: string): string | null {
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    return `This is no JSON: ${(error as Error).message}`;
  }
}
