import { useEffect, useState } from "react";
import { readApi } from "../../api/call-api.ts";
import type { Log } from "../../api/generated/operations.ts";
import { useAccount } from "../../app/account.tsx";
import { eventsOf } from "../../lib/event-stream.ts";
import type { LogFilter } from "./log-filters.ts";

/** How the tail is doing, and what came so far, the newest first. */
export interface LiveTail {
  readonly state: "off" | "connecting" | "open" | "away";
  readonly rows: readonly Log[];
  /** Rows that were left out because this page read too slowly. */
  readonly lost: number;
}

/** What is followed. */
interface TailQuestion {
  readonly gatewayId: string;
  readonly filters: readonly LogFilter[];
  readonly search: string | undefined;
}

const off: LiveTail = { state: "off", rows: [], lost: 0 };
const maxRows = 1000;
const showEveryMs = 200;
const retryMs = 2000;

/** Follows new logs while `isOn`; goes on by itself when the server was away. At most 1,000 rows are held. */
export function useLiveTail(isOn: boolean, question: TailQuestion): LiveTail {
  const { accountId } = useAccount();
  const [tail, setTail] = useState<LiveTail>(off);
  const key = JSON.stringify(question);
  useEffect(() => {
    if (!isOn) return;
    setTail({ ...off, state: "connecting" });
    const stop = new AbortController();
    // Rows wait here for a moment, so a burst is drawn once.
    let waiting: Log[] = [];
    let lost = 0;
    const show = setInterval(() => {
      if (waiting.length === 0 && lost === 0) return;
      const [rows, more] = [waiting.toReversed(), lost];
      waiting = [];
      lost = 0;
      setTail((before) => ({
        state: "open",
        rows: [...rows, ...before.rows].slice(0, maxRows),
        lost: before.lost + more + Math.max(0, rows.length - maxRows),
      }));
    }, showEveryMs);
    const follow = async (): Promise<void> => {
      const { gatewayId, ...query } = JSON.parse(key) as TailQuestion;
      const answer = await readApi("GET /client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/logs/tail", {
        path: { account_id: accountId, gateway_id: gatewayId },
        query: definedOnly(query),
        signal: stop.signal,
      });
      setTail((before) => ({ ...before, state: "open" }));
      for await (const { event, data } of eventsOf(answer.body as ReadableStream<Uint8Array>)) {
        if (event === "log") waiting.push(JSON.parse(data) as Log);
        else if (event === "lost") lost += (JSON.parse(data) as { readonly rows: number }).rows;
      }
    };
    void untilStopped(follow, stop.signal, () => setTail((before) => ({ ...before, state: "away" })));
    return () => {
      stop.abort();
      clearInterval(show);
    };
  }, [isOn, key, accountId]);
  return isOn ? tail : off;
}

async function untilStopped(follow: () => Promise<void>, stop: AbortSignal, onAway: () => void): Promise<void> {
  while (!stop.aborted) {
    try {
      await follow();
    } catch {
      // Told below: whatever ended it, the tail is away until it is there again.
    }
    if (stop.aborted) return;
    onAway();
    await new Promise((resolve) => setTimeout(resolve, retryMs));
  }
}

function definedOnly({ filters, search }: Omit<TailQuestion, "gatewayId">) {
  return { ...(filters.length === 0 ? {} : { filters }), ...(search === undefined ? {} : { search }) };
}
