import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { callApi, type ResultInfo } from "../../api/call-api.ts";
import type { Log } from "../../api/generated/operations.ts";
import { useAccount } from "../../app/account.tsx";
import { rangeAt } from "../../lib/time-range.ts";
import { logsQuestion, type LogsSearch } from "./logs-search.ts";

const pageRows = 50;

/** A page of logs, and where in the whole it begins. */
interface LogPage {
  readonly rows: readonly Log[];
  readonly info: ResultInfo | null;
  /** The cursor it was asked with; undefined for the beginning. */
  readonly cursor: string | undefined;
}

/** Which logs, and where to begin. */
interface PagesWanted {
  readonly search: LogsSearch;
  readonly gatewayId: string;
  /** Cursor of the first page; undefined for the beginning. */
  readonly start: string | undefined;
  /** Another number asks anew. */
  readonly round: number;
}

/**
 * Pages of logs by cursor. Ranges that end now, and the cursor to begin with, are taken when this is first used: give the component
 * that uses it another key to begin anew.
 */
export function useLogPages({ search, gatewayId, start: startNow, round }: PagesWanted) {
  const { accountId } = useAccount();
  const [range] = useState(() => rangeAt(search, Date.now()));
  const [start] = useState(startNow);
  const question = logsQuestion(search, range);
  const pages = useInfiniteQuery({
    queryKey: ["logs", accountId, gatewayId, question, start, round],
    initialPageParam: start,
    queryFn: async ({ pageParam: cursor, signal }): Promise<LogPage> => {
      const { result, info } = await callApi(
        "GET /client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/logs",
        {
          path: { account_id: accountId, gateway_id: gatewayId },
          query: { ...question, per_page: pageRows, ...(cursor === undefined ? {} : { cursor }) },
          signal,
        },
      );
      return { rows: result, info, cursor };
    },
    getNextPageParam: ({ info }) => (info?.["cursor"] as string | null | undefined) ?? undefined,
    // A page that was read stays as it is: reading hundreds of them anew would show nothing new.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  return { pages, pageRows };
}
