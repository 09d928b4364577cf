import { type FormEvent, useState } from "react";
import { createAProviderKeyBody } from "../../api/generated/bodies.ts";
import type { ProviderConfig } from "../../api/generated/operations.ts";
import { useChange } from "../../api/use-api.ts";
import { useFaults } from "../../api/use-faults.tsx";
import { useMay } from "../../app/session.tsx";
import { Button } from "../../components/ui/button.tsx";
import { Dialog } from "../../components/ui/dialog.tsx";
import { NumberField } from "../../components/ui/number-field.tsx";
import { SelectField } from "../../components/ui/select-field.tsx";
import { SwitchField } from "../../components/ui/switch-field.tsx";
import { TextField } from "../../components/ui/text-field.tsx";
import { memberFault } from "../../lib/value-fault.ts";
import { useGatewayPath } from "../gateway-settings/use-gateway.ts";
import { ProviderField } from "./provider-field.tsx";

interface KeyFormProps {
  /** The key to change, or `new`; null for closed. */
  readonly edited: ProviderConfig | "new" | null;
  readonly onClose: () => void;
}

/** Stores a key, or gives a stored one another text, weight or rank. */
export function KeyForm({ edited, onClose }: KeyFormProps) {
  const title =
    edited === "new" || edited === null ? "Add a provider key" : `Change ${edited.alias} of ${edited.provider_slug}`;
  return (
    <Dialog title={title} isOpen={edited !== null} onClose={onClose}>
      {edited === null ? null : <Fields known={edited === "new" ? null : edited} onClose={onClose} />}
    </Dialog>
  );
}

interface KeyDraft {
  readonly provider_slug: string;
  readonly alias: string;
  readonly default_config: boolean;
  readonly weight: number | string | null;
  readonly rate_limit: number | string | null;
  readonly rate_limit_period: number | string | null;
  readonly kept: "secret" | "reference";
  readonly secret: string;
  readonly reference: string;
}

function Fields({ known, onClose }: { readonly known: ProviderConfig | null; readonly onClose: () => void }) {
  const path = useGatewayPath();
  const change = useChange();
  const { faultOf, rest, attempt, isBusy } = useFaults();
  const [draft, setDraft] = useState<KeyDraft>(() => draftOf(known));
  const put = (part: Partial<KeyDraft>) => setDraft({ ...draft, ...part });
  const body = bodyOf(draft, known === null);
  const fault = (name: string): string | undefined =>
    faultOf(`body.${name}`) ?? (name in body ? memberFault(createAProviderKeyBody, name, body[name]) : undefined);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const isDone = await attempt(() => save(known, path, { body, change }));
    if (isDone) onClose();
  };
  return (
    <form className="space-y-4" onSubmit={(event) => void submit(event)}>
      {known === null ? (
        <>
          <ProviderField
            value={draft.provider_slug}
            onText={(slug) => put({ provider_slug: slug })}
            fault={faultOf("body.provider_slug")}
          />
          <TextField
            label="Alias"
            hint="Requests name it as cf-aig-byok-alias; several keys with one alias take turns."
            value={draft.alias}
            onText={(alias) => put({ alias })}
            fault={fault("alias")}
          />
        </>
      ) : null}
      <KeptFields draft={draft} isNew={known === null} put={put} fault={fault} />
      <NumberField
        label="Weight"
        hint="Share of requests among keys with the same alias; empty for 1."
        value={draft.weight}
        onValue={(weight) => put({ weight })}
        fault={fault("weight")}
      />
      <NumberField
        label="Requests in a period"
        hint="When they are used up the other keys with this alias are used; empty for no limit."
        value={draft.rate_limit}
        onValue={(limit) => put({ rate_limit: limit })}
        fault={fault("rate_limit")}
      />
      {draft.rate_limit === null ? null : (
        <NumberField
          label="Period in seconds"
          hint="Any span of that length; empty for 60."
          value={draft.rate_limit_period}
          onValue={(seconds) => put({ rate_limit_period: seconds })}
          fault={fault("rate_limit_period")}
        />
      )}
      <SwitchField
        label="Default"
        hint="For requests that name no alias."
        isOn={draft.default_config}
        onSwitch={(isOn) => put({ default_config: isOn })}
      />
      {rest()}
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button kind="main" type="submit" disabled={isBusy || (known === null && draft.provider_slug === "")}>
          {known === null ? "Store key" : "Save"}
        </Button>
      </div>
    </form>
  );
}

interface KeptFieldsProps {
  readonly draft: KeyDraft;
  readonly isNew: boolean;
  readonly put: (part: Partial<KeyDraft>) => void;
  readonly fault: (name: string) => string | undefined;
}

/** The key itself, or where it is. */
function KeptFields({ draft, isNew, put, fault }: KeptFieldsProps) {
  const may = useMay();
  return (
    <>
      {may("secrets.reference", "everywhere") ? (
        <SelectField
          label="Where the key is kept"
          value={draft.kept}
          onChoose={(kept) => put({ kept: kept === "reference" ? "reference" : "secret" })}
          choices={[
            { value: "secret", label: "Here, sealed" },
            { value: "reference", label: "In a variable or file of the gateway's machine" },
          ]}
        />
      ) : null}
      {draft.kept === "secret" ? (
        <TextField
          label={isNew ? "Key" : "New key"}
          type="password"
          autoComplete="off"
          hint={isNew ? "It is never shown again." : "Leave it empty to keep the key there is."}
          value={draft.secret}
          onText={(secret) => put({ secret })}
          fault={fault("secret")}
        />
      ) : (
        <TextField
          label="Reference"
          placeholder="env:PROVIDER_KEY or file:/run/secrets/key"
          value={draft.reference}
          onText={(reference) => put({ reference })}
          fault={draft.reference === "" ? undefined : fault("reference")}
        />
      )}
    </>
  );
}

function draftOf(known: ProviderConfig | null): KeyDraft {
  return {
    provider_slug: "",
    alias: known?.alias ?? "default",
    default_config: known?.default_config ?? true,
    weight: known === null || known.weight === 1 ? null : known.weight,
    rate_limit: known?.rate_limit ?? null,
    rate_limit_period: known?.rate_limit_period ?? null,
    kept: "secret",
    secret: "",
    reference: "",
  };
}

/** What is sent of a draft; a key that is kept stays out of it. */
function bodyOf(draft: KeyDraft, isNew: boolean): Readonly<Record<string, unknown>> {
  const { provider_slug: slug, alias, default_config: isDefault, weight, kept, secret, reference } = draft;
  const { rate_limit: limit, rate_limit_period: period } = draft;
  return {
    ...(isNew ? { provider_slug: slug, alias } : {}),
    default_config: isDefault,
    weight: weight ?? 1,
    rate_limit: limit,
    rate_limit_period: period ?? 60,
    ...(kept === "secret" && secret !== "" ? { secret } : {}),
    ...(kept === "reference" && reference !== "" ? { reference } : {}),
  };
}

interface Sending {
  readonly body: Readonly<Record<string, unknown>>;
  readonly change: ReturnType<typeof useChange>;
}

function save(known: ProviderConfig | null, path: ReturnType<typeof useGatewayPath>, { body, change }: Sending) {
  return known === null
    ? change("POST /client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/provider_configs", {
        path,
        body: body as never,
      })
    : change("PUT /client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/provider_configs/{config_id}", {
        path: { ...path, config_id: known.id },
        body: body as never,
      });
}
