import { addUsage } from "../core/add-usage.ts";
import type { TokenUsage } from "../core/usage.ts";
import { readText } from "../dialects/read-path.ts";
import { UsageReader } from "../dialects/read-usage.ts";
import type { SessionDialect } from "../dialects/session-dialect.ts";
import { parseJson } from "./event-reader.ts";
import { isWatched } from "./is-watched.ts";

/** What was learned from a session. */
export interface SessionReading {
  /** All turns together; null when the provider told none. */
  readonly usage: TokenUsage | null;
  /** The model as provider or client named it first; null when neither did. */
  readonly model: string | null;
}

/** Reads the messages of a WebSocket session as they pass. */
export interface SessionTap {
  /** Whether messages of the client can still tell anything. */
  readonly wantsClient: boolean;
  /** Whether binary messages are JSON, too. */
  readonly hasBinaryJson: boolean;
  fromClient(message: Buffer): void;
  /** @returns whether the message told of usage. */
  fromProvider(message: Buffer): boolean;
  /** What all of it told so far. */
  read(): SessionReading;
}

/** A tap for sessions of `dialect`; usage of answers and turns is added up. */
export function openSessionTap(dialect: SessionDialect): SessionTap {
  let usage: TokenUsage | null = null;
  let turn: TokenUsage | null = null;
  let model: string | null = null;

  return {
    hasBinaryJson: dialect.hasBinaryJson,
    get wantsClient() {
      return model === null && dialect.clientModelPaths.length > 0;
    },
    fromClient(message) {
      model ??=
        readText(parseJson(message.toString("utf8")), dialect.clientModelPaths)?.replace(/^models\//, "") ?? null;
    },
    fromProvider(message) {
      if (!isWatched(message, dialect.watch)) return false;
      const body = parseJson(message.toString("utf8"));
      const reader = new UsageReader(dialect, []);
      reader.note(body);
      model ??= reader.model();
      const effect = dialect.usageEffect(body);
      if (effect === "adds") usage = addUsage(usage, reader.usage());
      if (effect === "replaces") turn = reader.usage() ?? turn;
      if (dialect.endsTurn(body)) {
        usage = addUsage(usage, turn);
        turn = null;
      }
      return effect !== "nothing" && reader.usage() !== null;
    },
    read: () => ({ usage: addUsage(usage, turn), model }),
  };
}
