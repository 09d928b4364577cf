import { type FormEvent, useState } from "react";
import { createASecretsStoreBody } from "../../api/generated/bodies.ts";
import { useChange } from "../../api/use-api.ts";
import { useFaults } from "../../api/use-faults.tsx";
import { useAccount } from "../../app/account.tsx";
import { Dialog } from "../../components/ui/dialog.tsx";
import { FormButtons } from "../../components/ui/form-buttons.tsx";
import { TextField } from "../../components/ui/text-field.tsx";
import { memberFault } from "../../lib/value-fault.ts";

/** Makes a secrets store. */
export function StoreForm({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }) {
  return (
    <Dialog title="Create a secrets store" isOpen={isOpen} onClose={onClose}>
      {isOpen ? <Form onClose={onClose} /> : null}
    </Dialog>
  );
}

function Form({ onClose }: { readonly onClose: () => void }) {
  const { accountId } = useAccount();
  const [name, setName] = useState("");
  const change = useChange();
  const { faultOf, rest, attempt, isBusy } = useFaults();
  const fault = memberFault(createASecretsStoreBody, "name", name);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const path = { account_id: accountId };
    const isDone = await attempt(() =>
      change("POST /client/v4/accounts/{account_id}/secrets_store/stores", { path, body: { name } }),
    );
    if (isDone) onClose();
  };
  return (
    <form className="space-y-4" onSubmit={(event) => void submit(event)}>
      <TextField
        label="Name"
        autoComplete="off"
        hint="Letters, digits and _ . : @ -; the first a letter or digit."
        value={name}
        onText={setName}
        fault={faultOf("body.name") ?? (name === "" ? undefined : fault)}
      />
      {rest()}
      <FormButtons action="Create store" isDisabled={isBusy || fault !== undefined} onCancel={onClose} />
    </form>
  );
}
