import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { Gateway } from "../../api/generated/operations.ts";
import { useChange } from "../../api/use-api.ts";
import { Button } from "../../components/ui/button.tsx";
import { Confirm } from "../../components/ui/confirm.tsx";
import { SettingsSection } from "./settings-section.tsx";
import { useGatewayPath } from "./use-gateway.ts";

/** Deletes the gateway once its name was typed. */
export function DeleteGateway({ gateway }: { readonly gateway: Gateway }) {
  const [isAsking, setAsking] = useState(false);
  const path = useGatewayPath();
  const change = useChange();
  const navigate = useNavigate();
  return (
    <SettingsSection id="danger" title="Danger zone" lead="What cannot be undone." isDanger>
      <div>
        <p className="mb-2 text-soft">
          {gateway.is_default
            ? "The gateway default is there again at once, with settings as at the start; its keys, datasets and domains are gone."
            : "Its keys, datasets and domains go with it; its logs stay. Requests to it are refused from then on."}
        </p>
        <Button kind="danger" onClick={() => setAsking(true)}>
          Delete gateway
        </Button>
      </div>
      <Confirm
        title={`Delete ${gateway.id}?`}
        action="Delete gateway"
        typed={gateway.id}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={async () => {
          await change("DELETE /client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}", { path });
          await navigate({ to: "/ui/gateways" });
        }}
      >
        Its provider keys, datasets and custom domains are deleted as well. Its logs stay.
      </Confirm>
    </SettingsSection>
  );
}
