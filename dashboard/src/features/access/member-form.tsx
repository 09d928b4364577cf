import { type FormEvent, useState } from "react";
import { addAMemberBody } from "../../api/generated/bodies.ts";
import type { Member, Role } from "../../api/generated/operations.ts";
import { useChange } from "../../api/use-api.ts";
import { useFaults } from "../../api/use-faults.tsx";
import { useAccount } from "../../app/account.tsx";
import { Dialog } from "../../components/ui/dialog.tsx";
import { FormButtons } from "../../components/ui/form-buttons.tsx";
import { SelectField } from "../../components/ui/select-field.tsx";
import { TextField } from "../../components/ui/text-field.tsx";
import { memberFault } from "../../lib/value-fault.ts";

interface MemberFormProps {
  /** The member whose role changes, or `new`; null for closed. */
  readonly edited: Member | "new" | null;
  readonly roles: readonly Role[];
  readonly onClose: () => void;
}

/** Gives somebody a role in the account. */
export function MemberForm({ edited, roles, onClose }: MemberFormProps) {
  return (
    <Dialog
      title={edited === "new" || edited === null ? "Add a member" : `Role of ${edited.email}`}
      lead="Nobody can give a role that may do more than their own."
      isOpen={edited !== null}
      onClose={onClose}
    >
      {edited === null ? null : <Form known={edited === "new" ? null : edited} roles={roles} onClose={onClose} />}
    </Dialog>
  );
}

interface FormProps extends Omit<MemberFormProps, "edited"> {
  readonly known: Member | null;
}

type RoleId = "owner" | "admin" | "developer" | "viewer" | "billing";

function Form({ known, roles, onClose }: FormProps) {
  const { accountId } = useAccount();
  const path = { account_id: accountId };
  const change = useChange();
  const [email, setEmail] = useState("");
  const [role, setRole] = useState(known?.roles[0]?.id ?? "viewer");
  const { faultOf, rest, attempt, isBusy } = useFaults();
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const given = [role as RoleId];
    const isDone = await attempt(() =>
      known === null
        ? change("POST /client/v4/accounts/{account_id}/members", { path, body: { email: email.trim(), roles: given } })
        : change("PUT /client/v4/accounts/{account_id}/members/{member_id}", {
            path: { ...path, member_id: known.id },
            body: { roles: given },
          }),
    );
    if (isDone) onClose();
  };
  const fault = email === "" ? undefined : memberFault(addAMemberBody, "email", email.trim());
  return (
    <form className="space-y-4" onSubmit={(event) => void submit(event)}>
      {known === null ? (
        <TextField
          label="E-mail"
          inputMode="email"
          autoComplete="off"
          hint="Somebody new gets no password here: give them one below, or they sign in at the identity provider."
          value={email}
          onText={setEmail}
          fault={faultOf("body.email") ?? fault}
        />
      ) : null}
      <SelectField
        label="Role"
        value={role}
        onChoose={setRole}
        choices={roles.map(({ id, name }) => ({ value: id, label: name }))}
        hint={roles.find(({ id }) => id === role)?.description}
        fault={faultOf("body.roles")}
      />
      {rest()}
      <FormButtons
        action={known === null ? "Add member" : "Save"}
        isDisabled={isBusy || (known === null && email.trim() === "")}
        onCancel={onClose}
      />
    </form>
  );
}
