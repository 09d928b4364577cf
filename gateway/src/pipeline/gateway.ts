import type { AnswerCache } from "../cache/answer-cache.ts";
import type { SemanticAnswers } from "../cache/semantic/semantic-answers.ts";
import type { Clock } from "../core/clock.ts";
import type { DeadlineWheel } from "../core/deadline-wheel.ts";
import type { GatewayEvent } from "../core/gateway-event.ts";
import type { IpRange } from "../core/ip-address.ts";
import type { GatewayConfig } from "../core/gateway-settings.ts";
import type { UpstreamClient } from "../http1/upstream-client.ts";
import type { PriceBook } from "../prices/price-book.ts";
import type { KeyHealth } from "../routing/key-health.ts";
import type { ActiveSettings } from "../settings/active-settings.ts";
import type { ObservedCompletions } from "../limits/observed-completions.ts";
import type { CounterStore } from "../stores/ports/counter-store.ts";
import type { ExchangeJournal } from "../stores/ports/exchange-journal.ts";
import type { MakeModelList } from "./model-list.ts";

/** An error that no stage meant. */
export interface RequestFault {
  readonly requestId: string;
  readonly error: unknown;
}

/** Everything a request may touch. One per process, never changed but for `settings` and `prices`. */
export interface Gateway {
  /** What holds as long as the process runs. */
  readonly config: GatewayConfig;
  /** Accounts, gateways and their providers; others when they are changed meanwhile. */
  readonly settings: ActiveSettings;
  readonly upstream: UpstreamClient;
  readonly journal: ExchangeJournal;
  /** What models cost; another book when prices are set meanwhile. */
  readonly prices: PriceBook;
  readonly modelList: MakeModelList;
  /** Which stored keys had better rest. */
  readonly keyHealth: KeyHealth;
  /** Looks up the secret behind `env:NAME` or `file:PATH`; null when there is none by now. */
  readonly readReference: (reference: string) => Promise<string | null>;
  /** Turns a credential into a text that stays the same and cannot be turned back. */
  readonly hashCredential: (credential: string) => string;
  /** Answers given before; null where there can be none, and every request is a miss. */
  readonly cache: AnswerCache | null;
  /** Questions alike that have answers in it; null where nothing compares questions. */
  readonly semantic: SemanticAnswers | null;
  /** What is counted against limits, shared with the other workers. */
  readonly counters: CounterStore;
  /** Told of what operators may want to know, such as a threshold of a budget that was passed; keeps it. */
  readonly onEvent: (event: GatewayEvent) => void;
  /** How long answers were, for estimates. */
  readonly completions: ObservedCompletions;
  /** Proxies that are believed about where a client is. */
  readonly trustedProxies: readonly IpRange[];
  /** Told of what nobody threw on purpose; the client gets the request's id to name it by. */
  readonly onFault: (fault: RequestFault) => void;
  readonly clock: Clock;
  readonly wheel: DeadlineWheel;
}
