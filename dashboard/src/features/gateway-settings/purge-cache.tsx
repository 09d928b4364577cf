import { useState } from "react";
import { useChange } from "../../api/use-api.ts";
import { Button } from "../../components/ui/button.tsx";
import { Confirm } from "../../components/ui/confirm.tsx";
import { SettingsSection } from "./settings-section.tsx";
import { useGatewayPath } from "./use-gateway.ts";

/** Drops what the gateway has cached. */
export function PurgeCache() {
  const { account_id: accountId, gateway_id: gatewayId } = useGatewayPath();
  const change = useChange();
  const [isAsking, setAsking] = useState(false);
  const [isDone, setDone] = useState(false);
  return (
    <SettingsSection id="purge" title="Cached answers" lead="Drop them when they are no longer right.">
      <div className="flex flex-wrap items-center gap-3">
        <Button onClick={() => setAsking(true)}>Drop cached answers</Button>
        <span role="status" className="text-soft">
          {isDone ? "They are gone from every worker." : ""}
        </span>
      </div>
      <Confirm
        title={`Drop what ${gatewayId} has cached?`}
        action="Drop cached answers"
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={async () => {
          await change("POST /api/cache/purge", { body: { account_id: accountId, gateway_id: gatewayId } });
          setDone(true);
        }}
      >
        The next request of each kind goes to its provider again, and costs what it costs.
      </Confirm>
    </SettingsSection>
  );
}
