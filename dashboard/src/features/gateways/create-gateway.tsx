import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { createAGatewayBody } from "../../api/generated/bodies.ts";
import { useChange } from "../../api/use-api.ts";
import { useAccount } from "../../app/account.tsx";
import { Button } from "../../components/ui/button.tsx";
import { Dialog } from "../../components/ui/dialog.tsx";
import { SwitchField } from "../../components/ui/switch-field.tsx";
import { TextField } from "../../components/ui/text-field.tsx";
import { useFaults } from "../../api/use-faults.tsx";
import { memberFault } from "../../lib/value-fault.ts";

interface CreateGatewayProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** Asks for the name of a new gateway and goes to its settings. */
export function CreateGateway({ isOpen, onClose }: CreateGatewayProps) {
  return (
    <Dialog
      title="Create a gateway"
      lead="Its name is part of its address and cannot be changed later."
      isOpen={isOpen}
      onClose={onClose}
    >
      {isOpen ? <Form onDone={onClose} /> : null}
    </Dialog>
  );
}

function Form({ onDone }: { readonly onDone: () => void }) {
  const { accountId } = useAccount();
  const [id, setId] = useState("");
  const [authentication, setAuthentication] = useState(true);
  const change = useChange();
  const navigate = useNavigate();
  const { faultOf, rest, attempt, isBusy } = useFaults();
  const fault = memberFault(createAGatewayBody, "id", id);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void attempt(async () => {
      await change("POST /client/v4/accounts/{account_id}/ai-gateway/gateways", {
        path: { account_id: accountId },
        body: { ...plain, id, authentication },
      });
      onDone();
      await navigate({ to: "/ui/gateways/$gatewayId/settings", params: { gatewayId: id } });
    });
  };
  return (
    <form onSubmit={submit} className="space-y-4">
      <TextField
        label="Name"
        autoComplete="off"
        spellCheck={false}
        value={id}
        onText={setId}
        fault={faultOf("body.id") ?? (id === "" ? undefined : fault)}
        hint="1 to 64 letters, digits, _ and -; the first a letter or digit."
      />
      <SwitchField
        label="Requests need a token"
        hint="Otherwise everybody who reaches the gateway uses the keys stored here."
        isOn={authentication}
        onSwitch={setAuthentication}
      />
      {rest()}
      <div className="flex justify-end gap-2">
        <Button onClick={onDone}>Cancel</Button>
        <Button kind="main" type="submit" disabled={isBusy || fault !== undefined}>
          Create
        </Button>
      </div>
    </form>
  );
}

/** What every new gateway begins with; the rest has the server's defaults. */
const plain = {
  cache_invalidate_on_update: true,
  cache_ttl: null,
  collect_logs: true,
  rate_limiting_interval: null,
  rate_limiting_limit: null,
};
