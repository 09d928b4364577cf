import type { ExchangeRecord } from "../core/exchange.ts";
import type { LedgerEntry } from "../core/ledger-entry.ts";
import type { BodyFrame } from "../journal/body-frame.ts";
import type { NewLog } from "../stores/ports/log-store.ts";
import { contentCodings, decodeBody } from "../streaming/decode-body.ts";
import type { JournalItem } from "./journal-intake.ts";
import type { GatewayRetention } from "./retention.ts";
import { searchableWords } from "./searchable-words.ts";

/** What of a record is kept, and how. */
export interface EntryRules {
  /** Largest part of a body that is kept, without its coding. */
  readonly maxBodyBytes: number;
  /** Largest text of prompt and answer that can be searched; 0 for none. */
  readonly maxSearchCharacters: number;
  /** Counts and prices anew what a worker had to estimate; such records are stored as they are when absent. */
  readonly revise?: (entry: LedgerEntry) => Promise<ExchangeRecord>;
  readonly retentionOf: (scope: Pick<ExchangeRecord, "accountId" | "gatewayId">) => GatewayRetention;
}

/** What undoing a coding may give before it is refused as a bomb; what is beyond `maxBodyBytes` is cut off afterwards. */
const maxDecodedBytes = 16 * 1024 * 1024;

/** The log of a journal item: bodies without their coding and cut to size, with the words to find it by. */
export function toNewLog({ record, request, response }: JournalItem, rules: EntryRules): NewLog {
  const isKept = record.isLogged;
  const sent = isKept ? decoded(request, rules.maxBodyBytes) : none;
  const received = isKept ? decoded(response, rules.maxBodyBytes) : none;
  const { maxRows, whenFull } = rules.retentionOf(record);
  return {
    record,
    request: sent.bytes,
    isRequestComplete: sent.isComplete,
    response: received.bytes,
    isResponseComplete: received.isComplete,
    searchText:
      rules.maxSearchCharacters === 0 ? "" : searchableWords(sent.bytes, received.bytes, rules.maxSearchCharacters),
    rowLimit: whenFull === "stop" ? maxRows : null,
  };
}

interface DecodedBody {
  readonly bytes: Buffer | null;
  readonly isComplete: boolean;
}

const none: DecodedBody = { bytes: null, isComplete: true };

function decoded(frame: BodyFrame | null, maxBodyBytes: number): DecodedBody {
  if (frame === null) return none;
  const codings = frame.contentEncoding === null ? [] : contentCodings([frame.contentEncoding]);
  const plain = codings.length === 0 ? frame.bytes : (decodeBody(frame.bytes, codings, maxDecodedBytes) ?? frame.bytes);
  const isCut = plain.length > maxBodyBytes;
  return { bytes: isCut ? plain.subarray(0, maxBodyBytes) : plain, isComplete: frame.isComplete && !isCut };
}
