import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { ApiError, callApi, readApi } from "../../api/call-api.ts";
import type { Log, LogDetail } from "../../api/generated/operations.ts";
import { useAccount } from "../../app/account.tsx";

/** A body as it was kept, as text. */
export interface LogBody {
  readonly text: string;
  readonly sizeBytes: number;
  /** False when only its beginning was kept. */
  readonly isComplete: boolean;
  /** False when it holds bytes that are no UTF-8, for which � stands. */
  readonly isText: boolean;
}

/** Which log. */
interface LogPlace {
  readonly gatewayId: string;
  readonly logId: string;
}

/** A log with all that is known of it. */
export function useLog({ gatewayId, logId }: LogPlace): UseQueryResult<LogDetail> {
  const { accountId } = useAccount();
  return useQuery({
    queryKey: ["log", accountId, gatewayId, logId],
    queryFn: async ({ signal }) => {
      const path = { account_id: accountId, gateway_id: gatewayId, log_id: logId };
      const name = "GET /client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/logs/{log_id}";
      return (await callApi(name, { path, signal })).result;
    },
    // A log shows up about a second after its exchange ended, and links to it are there before.
    retry: (count, error) => count < 3 && error instanceof ApiError && (error.status === 404 || error.status === 0),
    retryDelay: 700,
  });
}

/** Every attempt that has the same event id, in order; at most fifty. */
export function useAttempts(gatewayId: string, eventId: string): UseQueryResult<readonly Log[]> {
  const { accountId } = useAccount();
  return useQuery({
    queryKey: ["attempts", accountId, gatewayId, eventId],
    queryFn: async ({ signal }) => {
      const name = "GET /client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/logs";
      const filters = [{ key: "event_id", operator: "eq", value: [eventId] }];
      const query = { filters, per_page: 50, order_by_direction: "asc" } as const;
      return (await callApi(name, { path: { account_id: accountId, gateway_id: gatewayId }, query, signal })).result;
    },
  });
}

/** The body of a log; null when none was kept. */
export function useLogBody(
  { gatewayId, logId }: LogPlace,
  which: "request" | "response",
): UseQueryResult<LogBody | null> {
  const { accountId } = useAccount();
  return useQuery({
    queryKey: ["log body", accountId, gatewayId, logId, which],
    queryFn: ({ signal }) =>
      readLogBody({ account_id: accountId, gateway_id: gatewayId, log_id: logId }, which, signal),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
  });
}

/** Reads the body of a log; null when none was kept. */
export async function readLogBody(
  path: { readonly account_id: string; readonly gateway_id: string; readonly log_id: string },
  which: "request" | "response",
  signal?: AbortSignal,
): Promise<LogBody | null> {
  const name = `GET /client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/logs/{log_id}/${which}` as const;
  try {
    const answer = await readApi(name, { path, ...(signal === undefined ? {} : { signal }) });
    const bytes = await answer.arrayBuffer();
    return {
      ...decode(bytes),
      sizeBytes: bytes.byteLength,
      isComplete: answer.headers.get("headgate-body-complete") !== "false",
    };
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}

function decode(bytes: ArrayBuffer): Pick<LogBody, "text" | "isText"> {
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes), isText: true };
  } catch {
    return { text: new TextDecoder().decode(bytes), isText: false };
  }
}
