import { type FormEvent, useState } from "react";
import { createAnAccountBody } from "../../api/generated/bodies.ts";
import type { Account } from "../../api/generated/operations.ts";
import { useChange } from "../../api/use-api.ts";
import { useFaults } from "../../api/use-faults.tsx";
import { Dialog } from "../../components/ui/dialog.tsx";
import { FormButtons } from "../../components/ui/form-buttons.tsx";
import { TextField } from "../../components/ui/text-field.tsx";
import { memberFault } from "../../lib/value-fault.ts";

interface AccountFormProps {
  /** The account to rename, or `new`; null for closed. */
  readonly edited: Account | "new" | null;
  readonly onClose: () => void;
}

/** Makes an account or renames one. */
export function AccountForm({ edited, onClose }: AccountFormProps) {
  return (
    <Dialog
      title={edited === "new" || edited === null ? "Create an account" : `Rename ${edited.name}`}
      isOpen={edited !== null}
      onClose={onClose}
    >
      {edited === null ? null : <Form known={edited === "new" ? null : edited} onClose={onClose} />}
    </Dialog>
  );
}

function Form({ known, onClose }: { readonly known: Account | null; readonly onClose: () => void }) {
  const [name, setName] = useState(known?.name ?? "");
  const [id, setId] = useState("");
  const change = useChange();
  const { faultOf, rest, attempt, isBusy } = useFaults();
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const isDone = await attempt(() =>
      known === null
        ? change("POST /client/v4/accounts", { body: { name, ...(id === "" ? {} : { id }) } })
        : change("PUT /client/v4/accounts/{account_id}", { path: { account_id: known.id }, body: { name } }),
    );
    if (isDone) onClose();
  };
  const idFault = id === "" ? undefined : memberFault(createAnAccountBody, "id", id);
  return (
    <form className="space-y-4" onSubmit={(event) => void submit(event)}>
      <TextField label="Name" autoComplete="off" value={name} onText={setName} fault={faultOf("body.name")} />
      {known === null ? (
        <TextField
          label="Part of the path"
          autoComplete="off"
          spellCheck={false}
          hint="First part of its gateways' paths: 1 to 64 letters, digits, _ and -. Drawn when it is empty."
          value={id}
          onText={setId}
          fault={faultOf("body.id") ?? idFault}
        />
      ) : null}
      {rest()}
      <FormButtons
        action={known === null ? "Create account" : "Rename"}
        isDisabled={isBusy || name.trim() === "" || idFault !== undefined}
        onCancel={onClose}
      />
    </form>
  );
}
