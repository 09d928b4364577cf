import { useState } from "react";
import type { Gateway } from "../../api/generated/operations.ts";
import { useChange } from "../../api/use-api.ts";
import { useFaults } from "../../api/use-faults.tsx";
import { bodyOf, changesOf, faultsOf, type SettingsDraft } from "./settings-draft.ts";
import { useGatewayPath } from "./use-gateway.ts";

/** Settings of a gateway while they are being written: values, faults, what differs, and how they are saved. */
export function useSettingsDraft(gateway: Gateway) {
  const [draft, setDraft] = useState<SettingsDraft>({});
  const [notices, setNotices] = useState<readonly string[]>([]);
  const path = useGatewayPath();
  const change = useChange();
  const { faultOf, rest, attempt, isBusy } = useFaults();
  const faults = faultsOf(draft);
  return {
    notices,
    rest,
    isBusy,
    isFaulty: faults.size > 0,
    changes: changesOf(gateway, draft),
    valueOf: (name: keyof Gateway): unknown => (name in draft ? draft[name] : gateway[name]),
    put: (name: string) => (value: unknown) => setDraft({ ...draft, [name]: value }),
    faultAt: (name: string): string | undefined => faults.get(name) ?? faultOf(`body.${name}`),
    discard: () => setDraft({}),
    save: () =>
      attempt(async () => {
        const answer = await change("PUT /client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}", {
          path,
          body: bodyOf(gateway, draft) as never,
        });
        setNotices(answer.notices);
        setDraft({});
      }),
  };
}
