import { useEffect, useRef, useState } from "react";
import { type Asked, readApi } from "../../api/call-api.ts";
import { useAccount } from "../../app/account.tsx";

const operation = "GET /client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/logs/export";

/** What is asked of an export. */
export type ExportQuestion = NonNullable<Asked<typeof operation>["query"]>;

/** How far an export has come. */
export type ExportState =
  | { readonly step: "idle" }
  /** `total` is what the server counted, with a `+` when there are more. */
  | { readonly step: "running"; readonly lines: number; readonly bytes: number; readonly total: string | null }
  | { readonly step: "done"; readonly bytes: number }
  | { readonly step: "failed"; readonly error: unknown };

/** Downloads logs through this page, as they come, until they are all there or it is cancelled. */
export function useExport(gatewayId: string) {
  const { accountId } = useAccount();
  const [state, setState] = useState<ExportState>({ step: "idle" });
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);
  const start = async (query: ExportQuestion): Promise<void> => {
    running.current?.abort();
    const stop = new AbortController();
    running.current = stop;
    setState({ step: "running", lines: 0, bytes: 0, total: null });
    try {
      const path = { account_id: accountId, gateway_id: gatewayId };
      const answer = await readApi(operation, { path, query, signal: stop.signal });
      const total = answer.headers.get("headgate-total-rows");
      const file = await collect(answer, (lines, bytes) => setState({ step: "running", lines, bytes, total }));
      save(file, `${gatewayId}-logs.${query.format ?? "ndjson"}`);
      setState({ step: "done", bytes: file.size });
    } catch (error) {
      setState(stop.signal.aborted ? { step: "idle" } : { step: "failed", error });
    }
  };
  return { state, start, cancel: () => running.current?.abort() };
}

const newline = 10;
const tellEveryMs = 200;

async function collect(answer: Response, tell: (lines: number, bytes: number) => void): Promise<Blob> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let [lines, bytes, toldMs] = [0, 0, 0];
  for await (const piece of answer.body as ReadableStream<Uint8Array<ArrayBuffer>> &
    AsyncIterable<Uint8Array<ArrayBuffer>>) {
    pieces.push(piece);
    bytes += piece.length;
    for (let at = piece.indexOf(newline); at !== -1; at = piece.indexOf(newline, at + 1)) lines += 1;
    if (performance.now() - toldMs < tellEveryMs) continue;
    toldMs = performance.now();
    tell(lines, bytes);
  }
  return new Blob(pieces, { type: answer.headers.get("content-type") ?? "" });
}

function save(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // The browser has taken it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
