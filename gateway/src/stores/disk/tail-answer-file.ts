import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import type { Clock } from "../../core/clock.ts";
import type { AnswerWriter } from "../ports/cache-store.ts";
import { tellFrames } from "./answer-file.ts";
import { deadAfterMs } from "./cache-files.ts";

/** What following a file takes. */
export interface TailOptions {
  readonly clock: Pick<Clock, "nowMs">;
  /** Called once, when it is over or was left. */
  readonly left: () => void;
}

/** Pauses between two looks: short while something comes, longer while nothing does. */
const SHORTEST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 20;
const READ_BYTES = 4 * 1024 * 1024;

/**
 * Tells `sink` what another process writes into the file at `path`, as it comes. A file that is removed without an end, is damaged, or
 * whose writer gives no sign of life any more is `vacated`.
 * @returns how to leave; null when there is no such file.
 */
export function tailAnswerFile(path: string, sink: AnswerWriter, { clock, left }: TailOptions): (() => void) | null {
  let file: number | null;
  try {
    file = openSync(path, "r");
  } catch {
    return null;
  }
  let at = 0;
  let rest = Buffer.alloc(0);
  let isOver = false;
  let pauseMs = SHORTEST_PAUSE_MS;
  let timer: Timer | null = null;
  const leave = (): void => {
    if (file === null) return;
    if (timer !== null) clearTimeout(timer);
    closeSync(file);
    file = null;
    left();
  };
  const told: AnswerWriter = {
    begin: (head) => sink.begin(head),
    add: (piece) => sink.add(piece),
    commit(tail) {
      isOver = true;
      sink.commit(tail);
    },
    discard(end) {
      isOver = true;
      sink.discard(end);
    },
  };
  /** @returns whether anything came; null when there is nothing more to be had. */
  const read = (from: number): boolean | null => {
    const status = fstatSync(from);
    const start = at + rest.length;
    if (status.size <= start) {
      const isDead = status.nlink === 0 || Math.abs(clock.nowMs() - status.mtimeMs) > deadAfterMs;
      return isDead ? null : false;
    }
    const buffer = Buffer.allocUnsafeSlow(Math.min(READ_BYTES, status.size - start));
    const fresh = buffer.subarray(0, readSync(from, buffer, 0, buffer.length, start));
    const bytes = rest.length === 0 ? fresh : Buffer.concat([rest, fresh]);
    const toldBytes = tellFrames(bytes, at === 0, told);
    if (toldBytes === null) return null;
    at += toldBytes;
    rest = bytes.subarray(toldBytes);
    return true;
  };
  /** What is there is read first: a writer may have ended its file, and removed it, before its last bytes were read. */
  const readAll = (from: number): boolean | null => {
    try {
      for (let hasNews = false; ; hasNews = true) {
        const news = read(from);
        if (news === false) return hasNews;
        if (news === null || isOver) return null;
      }
    } catch {
      return null;
    }
  };
  const look = (): void => {
    timer = null;
    if (file === null) return;
    const news = readAll(file);
    if (file === null) return;
    if (isOver || news === null) {
      if (!isOver) sink.discard({ reason: "vacated" });
      leave();
      return;
    }
    pauseMs = news ? SHORTEST_PAUSE_MS : Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    timer = setTimeout(look, pauseMs);
  };
  timer = setTimeout(look, 0);
  return leave;
}
