import { type FormEvent, useState } from "react";
import type { Secret } from "../../api/generated/operations.ts";
import { useChange } from "../../api/use-api.ts";
import { useFaults } from "../../api/use-faults.tsx";
import { useAccount } from "../../app/account.tsx";
import { useMay } from "../../app/session.tsx";
import { CheckList } from "../../components/ui/check-list.tsx";
import { Dialog } from "../../components/ui/dialog.tsx";
import { FormButtons } from "../../components/ui/form-buttons.tsx";
import { SelectField } from "../../components/ui/select-field.tsx";
import { TextField } from "../../components/ui/text-field.tsx";

interface SecretFormProps {
  readonly storeId: string;
  /** The secret to change, or `new`; null for closed. */
  readonly edited: Secret | "new" | null;
  readonly onClose: () => void;
}

/** Stores a secret or gives one another value. */
export function SecretForm({ storeId, edited, onClose }: SecretFormProps) {
  return (
    <Dialog
      title={edited === "new" || edited === null ? "Add a secret" : `Change ${edited.name}`}
      isOpen={edited !== null}
      onClose={onClose}
    >
      {edited === null ? null : <Form storeId={storeId} known={edited === "new" ? null : edited} onClose={onClose} />}
    </Dialog>
  );
}

const allScopes = ["ai_gateway", "workers", "dex", "access", "containers", "websearch"] as const;
type Scope = (typeof allScopes)[number];

interface FormProps extends Omit<SecretFormProps, "edited"> {
  readonly known: Secret | null;
}

function Form({ storeId, known, onClose }: FormProps) {
  const may = useMay();
  const [name, setName] = useState("");
  const [kept, setKept] = useState(known?.reference === undefined ? "value" : "reference");
  const [text, setText] = useState(known?.reference ?? "");
  const [scopes, setScopes] = useState<readonly Scope[]>(() =>
    known === null ? ["ai_gateway"] : allScopes.filter((scope) => known.scopes.includes(scope)),
  );
  const [comment, setComment] = useState(known?.comment ?? "");
  const save = useSave(storeId, known);
  const { faultOf, rest, attempt, isBusy } = useFaults();
  const place = known === null ? "body.0" : "body";
  const isReference = kept === "reference";
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const given = text === "" ? {} : { [kept]: text };
    if (await attempt(() => save(name, { ...given, scopes, comment }))) onClose();
  };
  return (
    <form className="space-y-4" onSubmit={(event) => void submit(event)}>
      {known === null ? (
        <TextField
          label="Name"
          autoComplete="off"
          hint="Letters, digits and _ . : @ -; the first a letter or digit."
          value={name}
          onText={setName}
          fault={faultOf(`${place}.name`)}
        />
      ) : null}
      {may("secrets.reference", "everywhere") ? (
        <SelectField
          label="Where it is kept"
          value={kept}
          onChoose={(chosen) => {
            setKept(chosen);
            setText("");
          }}
          choices={[
            { value: "value", label: "Here, sealed" },
            { value: "reference", label: "In a variable or file of the gateway's machine" },
          ]}
        />
      ) : null}
      <TextField
        label={isReference ? "Reference" : "Value"}
        type={isReference ? "text" : "password"}
        autoComplete="off"
        hint={known === null || isReference ? "It is never shown again." : "Leave it empty to keep the value there is."}
        placeholder={isReference ? "env:NAME or file:PATH" : ""}
        value={text}
        onText={setText}
        fault={faultOf(`${place}.${kept}`)}
      />
      <CheckList
        label="What may use it"
        hint="Keys of providers need ai_gateway; the others are kept for programs that read them here."
        choices={allScopes.map((value) => ({ value, label: value }))}
        chosen={scopes}
        onChosen={(chosen) => setScopes(allScopes.filter((scope) => chosen.includes(scope)))}
        fault={faultOf(`${place}.scopes`)}
      />
      <TextField label="Comment" value={comment} onText={setComment} fault={faultOf(`${place}.comment`)} />
      {rest()}
      <FormButtons
        action={known === null ? "Add secret" : "Save"}
        isDisabled={isBusy || (known === null && (name === "" || text === ""))}
        onCancel={onClose}
      />
    </form>
  );
}

interface GivenSecret {
  readonly value?: string;
  readonly reference?: string;
  readonly scopes: readonly Scope[];
  readonly comment: string;
}

function useSave(storeId: string, known: Secret | null) {
  const { accountId } = useAccount();
  const change = useChange();
  const path = { account_id: accountId, store_id: storeId };
  return (name: string, given: GivenSecret) =>
    known === null
      ? change("POST /client/v4/accounts/{account_id}/secrets_store/stores/{store_id}/secrets", {
          path,
          body: [{ name, ...given }],
        })
      : change("PATCH /client/v4/accounts/{account_id}/secrets_store/stores/{store_id}/secrets/{secret_id}", {
          path: { ...path, secret_id: known.id },
          body: given,
        });
}
