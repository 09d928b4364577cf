import { openSemanticIndex, type SemanticIndex } from "../../cache/semantic/semantic-index.ts";
import type { GuardLevel } from "../../cache/semantic/guards.ts";
import type { AlikeQuestion, AnsweredQuestion, AskedQuestion } from "../../cache/semantic/semantic-answers.ts";
import type { CacheKey } from "../../stores/ports/cache-store.ts";
import type { SemanticState } from "../../telemetry/prometheus/system-state.ts";
import { openEncodeQueue } from "./encode-queue.ts";
import { openIndexFile } from "./index-file.ts";
import type { SentenceEncoder } from "./sentence-encoder.ts";

/** What the desk is made with. */
export interface SemanticDeskOptions {
  readonly encoder: SentenceEncoder;
  readonly level: GuardLevel;
  /** Where the index is kept over restarts. */
  readonly filePath: string;
  readonly maxEntries: number;
  readonly maxWaiting: number;
  /** How long a search may take. */
  readonly timeoutMs: number;
  readonly isCurrent: (stamp: readonly number[]) => boolean;
  readonly nowMs: () => number;
  readonly log: (event: string, problem: string) => void;
}

/** The one index of a machine, asked by all its workers. */
export interface SemanticDesk {
  find(question: AskedQuestion): Promise<readonly AlikeQuestion[]>;
  keep(question: AnsweredQuestion): Promise<void>;
  drop(key: CacheKey): void;
  /** Forgets what was purged, in the file, too. */
  sweep(): void;
  state(): SemanticState;
  stop(): void;
}

/** Opens it. Nothing is read or loaded before the first question comes. */
export function openSemanticDesk(options: SemanticDeskOptions): SemanticDesk {
  const { encoder, level, maxEntries, maxWaiting, timeoutMs, isCurrent, nowMs, log } = options;
  const queue = openEncodeQueue({
    encoder,
    maxWaiting,
    onFault: (problem) => log("semantic_encoder_failed", problem),
  });
  const file = openIndexFile(options.filePath, encoder.name, (problem) => log("semantic_index_not_kept", problem));
  const lookups = { found: 0, none: 0, refused: 0, busy: 0, failed: 0, late: 0 };
  let opened: SemanticIndex | null = null;
  const index = (): SemanticIndex => {
    if (opened !== null) return opened;
    opened = openSemanticIndex({ maxEntries, level, isCurrent });
    for (const question of file.read()) opened.add(question);
    opened.sweep(nowMs());
    if (opened.size > 0) file.write(opened.entries());
    return opened;
  };
  return {
    async find(question) {
      const entries = index();
      const vector = await queue.encode(question.text, timeoutMs);
      if (typeof vector === "string") {
        lookups[vector] += 1;
        return [];
      }
      const { matches, isRefused } = entries.find(question, vector, nowMs());
      lookups[matches.length > 0 ? "found" : isRefused ? "refused" : "none"] += 1;
      return matches;
    },
    async keep(question) {
      const entries = index();
      const vector = await queue.encode(question.text, 0);
      if (typeof vector === "string") return;
      const indexed = { ...question, vector };
      entries.add(indexed);
      // What was replaced, dropped or is too old stays in the file until then.
      if (file.lineCount > 2 * maxEntries) file.write(entries.entries());
      else file.append(indexed);
    },
    drop(key) {
      opened?.drop(key);
    },
    sweep() {
      const entries = index();
      if (entries.sweep(nowMs()) > 0) file.write(entries.entries());
    },
    state: () => ({ entries: opened?.size ?? 0, maxEntries, lookups: { ...lookups } }),
    stop: () => encoder.stop(),
  };
}
