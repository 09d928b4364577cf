import type { Dialect, WatchedText } from "./dialect.ts";

/** How the messages of a WebSocket session are read. */
export type SessionDialectId = "openai-session" | "gemini-session" | "deepgram-session";

/**
 * What a message of the provider does with the usage it tells: `adds` is what one answer used, `replaces` is what the turn
 * that is open used so far, `nothing` is for messages whose numbers are no bill.
 */
export type UsageEffect = "adds" | "replaces" | "nothing";

/** What has to be known of a vendor's sessions to read what they used. */
export interface SessionDialect extends Pick<Dialect, "usage" | "modelPaths"> {
  readonly id: SessionDialectId;
  /** Whether the vendor writes its JSON into binary messages, which are media elsewhere. */
  readonly hasBinaryJson: boolean;
  /** Paths of the model's name in what the client sends; empty where only the provider or the URL names it. */
  readonly clientModelPaths: readonly string[];
  /** A message of the provider that holds none of these need not be parsed; they may match too much, never too little. */
  readonly watch: readonly WatchedText[];
  /** What the usage in a message counts for. */
  usageEffect(body: unknown): UsageEffect;
  /** Whether the message ends a turn, after which usage counts anew. */
  endsTurn(body: unknown): boolean;
}
