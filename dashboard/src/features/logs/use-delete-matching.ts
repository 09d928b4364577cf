import { useEffect, useRef, useState } from "react";
import { callApi } from "../../api/call-api.ts";
import { useAccount } from "../../app/account.tsx";
import { rangeAt } from "../../lib/time-range.ts";
import { logsQuestion, type LogsSearch } from "./logs-search.ts";

/** How far a deletion has come. */
export type DeleteState =
  | { readonly step: "idle" }
  | { readonly step: "running"; readonly deleted: number }
  /** `isWhole` is false when it was stopped before. */
  | { readonly step: "done"; readonly deleted: number; readonly isWhole: boolean }
  | { readonly step: "failed"; readonly deleted: number; readonly error: unknown };

const rowsAtATime = 2000;

/** Deletes all logs of a search that are there when it starts, some at a time, until none is left or it is stopped. */
export function useDeleteMatching(gatewayId: string) {
  const { accountId } = useAccount();
  const [state, setState] = useState<DeleteState>({ step: "idle" });
  const isStopped = useRef(false);
  useEffect(
    () => () => {
      isStopped.current = true;
    },
    [],
  );
  const start = async (search: LogsSearch): Promise<void> => {
    isStopped.current = false;
    const nowMs = Date.now();
    // What comes in meanwhile stays, also where the search has no end.
    const range = rangeAt(search, nowMs) ?? { fromMs: 1, toMs: nowMs };
    const { order_by: _order, order_by_direction: _direction, ...matching } = logsQuestion(search, range);
    let deleted = 0;
    try {
      for (let isLast = false; !isLast && !isStopped.current;) {
        setState({ step: "running", deleted });
        const { result } = await callApi(
          "DELETE /client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/logs",
          { path: { account_id: accountId, gateway_id: gatewayId }, query: { ...matching, limit: rowsAtATime } },
        );
        deleted += result.deleted;
        isLast = result.deleted < rowsAtATime;
        if (isLast) setState({ step: "done", deleted, isWhole: true });
      }
      setState((now) => (now.step === "running" ? { step: "done", deleted, isWhole: false } : now));
    } catch (error) {
      setState({ step: "failed", deleted, error });
    }
  };
  return {
    state,
    start,
    stop(): void {
      isStopped.current = true;
    },
    reset: () => setState({ step: "idle" }),
  };
}
