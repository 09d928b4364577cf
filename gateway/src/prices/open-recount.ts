import type { ExchangeRecord } from "../core/exchange.ts";
import type { LedgerEntry } from "../core/ledger-entry.ts";
import type { TokenUsage } from "../core/usage.ts";
import { partialAnswerText } from "../streaming/partial-answer-text.ts";
import { costOf } from "./cost-of.ts";
import { countRequest } from "./estimate-cut-usage.ts";
import { loadTokenCounter } from "./load-token-counter.ts";
import type { PriceBook } from "./price-book.ts";

/** Whose prices hold. */
export interface RecountOptions {
  /** The book in use at the time of the call. */
  readonly book: () => PriceBook;
  /** The price key of a provider's slug; null for providers on no list. */
  readonly priceKeyOf: (slug: string) => string | null;
}

/**
 * Counts again, with a tokenizer, what a worker had to estimate of a cut answer, and prices it again. For the process that keeps the records: the vocabulary is loaded with the
 * first of them and takes about 100 MB. Records that were not estimated, whose bodies were not kept, or that the client priced itself come back as they are.
 */
export function openRecount(options: RecountOptions): (entry: LedgerEntry) => Promise<ExchangeRecord> {
  let counter: Promise<(text: string) => number> | null = null;
  return async (entry) => {
    const { record } = entry;
    if (!record.isUsageEstimated || record.usage === null || entry.response === null) return record;
    if (record.cost.state === "custom") return record;
    counter ??= loadTokenCounter().catch((error: unknown) => {
      counter = null;
      throw error;
    });
    const usage = recount(entry, record.usage, await counter);
    const provider = { slug: record.provider, priceKey: options.priceKeyOf(record.provider) };
    const metered = {
      provider,
      models: [record.answerModel, record.model],
      usage,
      atMs: record.createdAtMs,
      customCost: null,
    };
    return { ...record, usage, cost: costOf(options.book(), metered) };
  };
}

function recount(entry: LedgerEntry, estimated: TokenUsage, countTokens: (text: string) => number): TokenUsage {
  const { record, response } = entry;
  const mediaType = (record.responseContentType ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
  const { text, readBytes } = partialAnswerText({
    pieces: response === null ? [] : [response],
    mediaType,
    codings: [],
  });
  const share = readBytes === 0 || entry.isResponseComplete ? 1 : Math.max(1, record.responseSizeBytes / readBytes);
  const outputTokens = Math.round(countTokens(text) * share);
  const inputTokens = isInputEstimated(estimated) ? countRequest(entry.request, countTokens) : null;
  if (!entry.isRequestComplete || inputTokens === null) return { ...estimated, outputTokens };
  return { ...estimated, inputTokens, outputTokens };
}

/** A provider that tells the prompt's tokens tells more about them than their number. */
function isInputEstimated(usage: TokenUsage): boolean {
  return Object.keys(usage).every((name) => name === "inputTokens" || name === "outputTokens");
}
