import { type FormEvent, useState } from "react";
import { createATokenOfAnAccountBody } from "../../api/generated/bodies.ts";
import type { PermissionGroup, Token } from "../../api/generated/operations.ts";
import { useApi } from "../../api/use-api.ts";
import { useFaults } from "../../api/use-faults.tsx";
import { useAccount } from "../../app/account.tsx";
import { Answered } from "../../components/ui/answered.tsx";
import { CheckList } from "../../components/ui/check-list.tsx";
import { Dialog } from "../../components/ui/dialog.tsx";
import { FormButtons } from "../../components/ui/form-buttons.tsx";
import { SwitchField } from "../../components/ui/switch-field.tsx";
import { TextAreaField } from "../../components/ui/text-area-field.tsx";
import { TextField } from "../../components/ui/text-field.tsx";
import { memberFault } from "../../lib/value-fault.ts";
import { BudgetField } from "./budget-field.tsx";
import { bodyOf, draftOf, type TokenDraft } from "./token-draft.ts";
import { type TokenScope, useTokenHome } from "./token-home.ts";

interface TokenFormProps {
  readonly scope: TokenScope;
  /** The token to change, or `new`; null for closed. */
  readonly edited: Token | "new" | null;
  readonly onClose: () => void;
  /** Gets the text of a new token, this once. */
  readonly onMade: (text: string) => void;
}

/** Makes a token or changes what one may do. */
export function TokenForm(props: TokenFormProps) {
  const { edited, onClose } = props;
  const { accountId } = useAccount();
  const groups = useApi(
    "GET /client/v4/accounts/{account_id}/tokens/permission_groups",
    { path: { account_id: accountId } },
    edited !== null,
  );
  return (
    <Dialog
      title={edited === "new" || edited === null ? "Create a token" : `Change ${edited.name}`}
      lead="It may do no more than you."
      isOpen={edited !== null}
      onClose={onClose}
    >
      {edited === null ? null : (
        <Answered query={groups}>
          {({ result }) => <Form {...props} known={edited === "new" ? null : edited} groups={result} />}
        </Answered>
      )}
    </Dialog>
  );
}

interface FormProps extends Omit<TokenFormProps, "edited"> {
  readonly known: Token | null;
  readonly groups: readonly PermissionGroup[];
}

function Form({ scope, known, groups, onClose, onMade }: FormProps) {
  const [draft, setDraft] = useState(() => draftOf(known, groups));
  const home = useTokenHome(scope);
  const { faultOf, rest, attempt, isBusy } = useFaults();
  const put = (part: Partial<TokenDraft>) => setDraft({ ...draft, ...part });
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const isDone = await attempt(async () => {
      if (known === null) onMade(await home.create(bodyOf(draft)));
      else await home.update(known, { ...bodyOf(draft), status: draft.isActive ? "active" : "disabled" });
    });
    if (isDone) onClose();
  };
  const nameFault = draft.name === "" ? undefined : memberFault(createATokenOfAnAccountBody, "name", draft.name);
  return (
    <form className="space-y-4" onSubmit={(event) => void submit(event)}>
      <TextField
        label="Name"
        autoComplete="off"
        hint="What it is for."
        value={draft.name}
        onText={(name) => put({ name })}
        fault={faultOf("body.name") ?? nameFault}
      />
      {known === null ? null : (
        <SwitchField
          label="Active"
          hint="Switched off, it counts no more until it is switched on."
          isOn={draft.isActive}
          onSwitch={(isActive) => put({ isActive })}
        />
      )}
      <CheckList
        label="What it may do"
        choices={groups.map(({ id, name, description }) => ({ value: id, label: name, hint: description }))}
        chosen={draft.groups}
        onChosen={(chosen) => put({ groups: chosen })}
        fault={faultOf("body.policies")}
      />
      <Bounds draft={draft} put={put} faultOf={faultOf} />
      {rest()}
      <FormButtons
        action={known === null ? "Create token" : "Save"}
        isDisabled={isBusy || draft.name.trim() === "" || draft.groups.length === 0}
        onCancel={onClose}
      />
    </form>
  );
}

interface BoundsProps {
  readonly draft: TokenDraft;
  readonly put: (part: Partial<TokenDraft>) => void;
  readonly faultOf: (path: string) => string | undefined;
}

/** Where, when and for what it counts. */
function Bounds({ draft, put, faultOf }: BoundsProps) {
  const { accountId } = useAccount();
  const gateways = useApi("GET /client/v4/accounts/{account_id}/ai-gateway/gateways", {
    path: { account_id: accountId },
    query: { per_page: 100 },
  });
  return (
    <details className="rounded border border-line p-3">
      <summary className="cursor-pointer font-medium">Gateways, models, budget, addresses and times</summary>
      <div className="mt-3 space-y-4">
        <CheckList
          label="Gateways"
          hint="None for all."
          choices={gateways.data?.result.map(({ id }) => ({ value: id, label: id })) ?? []}
          chosen={draft.gatewayIds}
          onChosen={(gatewayIds) => put({ gatewayIds })}
          fault={faultOf("body.gateway_ids")}
        />
        <TextAreaField
          label="Models"
          hint="One a line, by name or provider/name; * stands for any characters but /. None for all."
          value={draft.models}
          onText={(models) => put({ models })}
          fault={faultOf("body.models")}
        />
        <BudgetField value={draft.budget} onValue={(budget) => put({ budget })} fault={faultOf("body.budget")} />
        <TextAreaField
          label="Only from these addresses"
          hint="Addresses or ranges such as 192.0.2.0/24, one a line. None for everywhere."
          value={draft.from}
          onText={(from) => put({ from })}
          fault={faultOf("body.condition.request_ip.in")}
        />
        <TextAreaField
          label="But not from these"
          value={draft.notFrom}
          onText={(notFrom) => put({ notFrom })}
          fault={faultOf("body.condition.request_ip.not_in")}
        />
        <TextField
          label="Counts from"
          type="datetime-local"
          value={draft.notBefore}
          onText={(notBefore) => put({ notBefore })}
          fault={faultOf("body.not_before")}
        />
        <TextField
          label="Expires"
          type="datetime-local"
          hint="Empty for never."
          value={draft.expires}
          onText={(expires) => put({ expires })}
          fault={faultOf("body.expires_on")}
        />
      </div>
    </details>
  );
}
