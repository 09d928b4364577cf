import type { LogStore } from "../../stores/ports/log-store.ts";
import type { LogFeed } from "./log-feed.ts";

/** What the routes of logs work with. */
export interface LogRoutesOptions {
  readonly store: LogStore;
  /** Where new logs are told of, for the live tail. */
  readonly feed: LogFeed;
  /** Silence after which a tail sends a comment, so that nothing on the way takes it for dead. Default 5,000. */
  readonly heartbeatMs?: number;
  /** Told of errors that break an export on its way, when no answer can tell of them any more. */
  readonly onFault?: (error: unknown) => void;
}
