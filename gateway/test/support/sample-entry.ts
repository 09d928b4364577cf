import type { ExchangeRecord } from "../../src/core/exchange.ts";
import { newId } from "../../src/core/ids.ts";
import type { LedgerEntry } from "../../src/core/ledger-entry.ts";
import { sampleRecord } from "./sample-record.ts";

/** An attempt with an id of its own, and with the bodies given. */
export function sampleEntry(
  changes: Partial<ExchangeRecord> = {},
  bodies: { readonly request?: string; readonly response?: string } = {},
): LedgerEntry {
  const toBuffer = (text: string | undefined): Buffer | null => (text === undefined ? null : Buffer.from(text));
  return {
    record: sampleRecord({ id: newId(), ...changes }),
    request: toBuffer(bodies.request),
    isRequestComplete: true,
    response: toBuffer(bodies.response),
    isResponseComplete: true,
  };
}
