/** What the client itself knows of its requests, to be held against the ledger. */
export interface SoakAccount {
  /** Answers that came whole, by log id: what they must have cost, in nano-USD. */
  readonly costs: Map<string, number>;
  /** Log ids of whole answers in which the provider told no usage: they have a row, of whatever cost. */
  readonly untold: Set<string>;
  /** Log ids of answers that were begun and not brought to their end, by the client or by a fault, and of errors. */
  readonly unfinished: Set<string>;
  /** Requests that got no answer at all; a worker may have been killed under them. */
  unanswered: number;
  /** When those failed, Unix milliseconds. */
  readonly unansweredAtMs: number[];
  /** What nobody asked for. */
  readonly unexplained: string[];
  requests: number;
}

/** Prices that the requests name themselves, so that every cost is known beforehand. */
const nanoUsdPerInput = 1000;
const nanoUsdPerOutput = 3000;

/** `cf-aig-custom-cost` of every request. */
export const customCost = JSON.stringify({
  per_token_in: nanoUsdPerInput / 1e9,
  per_token_out: nanoUsdPerOutput / 1e9,
});

/** What so many tokens cost at those prices, in nano-USD. */
export function tokenCost(inputTokens: number, outputTokens: number): number {
  return inputTokens * nanoUsdPerInput + outputTokens * nanoUsdPerOutput;
}

/** An account without entries. */
export function newSoakAccount(): SoakAccount {
  return {
    costs: new Map(),
    untold: new Set(),
    unfinished: new Set(),
    unanswered: 0,
    unansweredAtMs: [],
    unexplained: [],
    requests: 0,
  };
}
