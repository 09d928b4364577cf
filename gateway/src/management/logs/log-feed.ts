import type { BatchConsumer, LedgerEntry } from "../../core/ledger-entry.ts";
import type { LogScope } from "../../stores/ports/log-store.ts";

/** One listener and what it wants to hear of. */
export interface LogSubscription {
  readonly scope: LogScope;
  /** Whether the listener is told of an entry of its gateway. */
  readonly isWanted: (entry: LedgerEntry) => boolean;
  /** Called at once for each entry, in the order of the ledger; must not block. */
  readonly listener: (entry: LedgerEntry) => void;
}

/** Where new logs can be heard of as the ledger stores them. */
export interface LogFeed {
  /**
   * Tells `subscription` of every log from now on, until the function it answers with is called.
   * Null when there are as many subscriptions as the feed takes.
   */
  subscribe(subscription: LogSubscription): (() => void) | null;
}

/**
 * A feed to be given to the ledger as one of its consumers. Holds no logs: what nobody listens to is gone from it.
 * @param maxSubscriptions how many may listen at a time; default 64.
 */
export function createLogFeed(maxSubscriptions = 64): LogFeed & BatchConsumer {
  const subscriptions = new Set<LogSubscription>();
  return {
    name: "log-feed",
    consume(batch) {
      for (const subscription of subscriptions) tell(subscription, batch);
    },
    subscribe(subscription) {
      if (subscriptions.size >= maxSubscriptions) return null;
      subscriptions.add(subscription);
      return () => subscriptions.delete(subscription);
    },
  };
}

function tell({ scope, isWanted, listener }: LogSubscription, batch: readonly LedgerEntry[]): void {
  for (const entry of batch) {
    const { record } = entry;
    const isInScope = record.accountId === scope.accountId && record.gatewayId === scope.gatewayId;
    if (isInScope && record.isLogged && isWanted(entry)) listener(entry);
  }
}
