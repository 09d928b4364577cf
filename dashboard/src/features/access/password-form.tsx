import { type FormEvent, useState } from "react";
import type { User } from "../../api/generated/operations.ts";
import { useChange } from "../../api/use-api.ts";
import { useFaults } from "../../api/use-faults.tsx";
import { Dialog } from "../../components/ui/dialog.tsx";
import { FormButtons } from "../../components/ui/form-buttons.tsx";
import { TextField } from "../../components/ui/text-field.tsx";

/** Gives somebody a password. @param user null for closed. */
export function PasswordForm({ user, onClose }: { readonly user: User | null; readonly onClose: () => void }) {
  return (
    <Dialog
      title={`Password of ${user?.email ?? ""}`}
      lead="They are signed out everywhere and sign in with it from then on."
      isOpen={user !== null}
      onClose={onClose}
    >
      {user === null ? null : <Form user={user} onClose={onClose} />}
    </Dialog>
  );
}

function Form({ user, onClose }: { readonly user: User; readonly onClose: () => void }) {
  const [password, setPassword] = useState("");
  const change = useChange();
  const { faultOf, rest, attempt, isBusy } = useFaults();
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const path = { user_id: user.id };
    if (await attempt(() => change("PATCH /api/users/{user_id}", { path, body: { password } }))) onClose();
  };
  return (
    <form className="space-y-4" onSubmit={(event) => void submit(event)}>
      <TextField
        label="New password"
        type="password"
        autoComplete="new-password"
        value={password}
        onText={setPassword}
        fault={faultOf("body.password")}
      />
      {rest()}
      <FormButtons action="Set password" isDisabled={isBusy || password === ""} onCancel={onClose} />
    </form>
  );
}
