import { readFileSync, statSync } from "node:fs";
import { type StagedFile, stageFile } from "../core/stage-file.ts";
import type { ProcessLog } from "../supervisor/process-log.ts";

/** How long the file may be another than the one that was written, about. */
const LOOK_EVERY_MS = 1000;

/** The file by which workers are told what is set. */
export interface ToldFile {
  /** Puts the text in it, unless it is there already. What fails is done again until it is done. */
  tell(text: string): void;
  /** Writes beside it what is to be in it; `commit` puts that there as `tell` does. */
  stage(text: string): StagedFile;
  stop(): void;
}

/**
 * Keeps the file at `path` what it was told last: one that is gone, broken or could not be put in its place is written again, so that a
 * worker that starts later has its settings, too.
 */
export function keepTold(path: string, log: ProcessLog): ToldFile {
  let told: string | null = null;
  let seen: string | null = null;
  let problem: string | null = null;
  const write = (text: string, put: () => void): void => {
    told = text;
    seen = null;
    try {
      put();
      seen = stampOf(path);
      problem = null;
    } catch (error) {
      if (problem !== String(error)) log("error", "settings_file_not_written", { error: String(error) });
      problem = String(error);
    }
  };
  const tell = (text: string): void => write(text, () => textAt(path) === text || stageFile(path, text).commit());
  const look = (): void => {
    if (told === null || (seen !== null && stampOf(path) === seen)) return;
    const isOther = textAt(path) !== told;
    tell(told);
    if (isOther && seen !== null) log("warn", "settings_file_restored", {});
  };
  const looking = setInterval(look, LOOK_EVERY_MS).unref();
  return {
    tell,
    stage(text) {
      const staged = stageFile(path, text);
      return { commit: () => write(text, () => staged.commit()), discard: () => staged.discard() };
    },
    stop: () => clearInterval(looking),
  };
}

/** Differs between any two files that were there; null when there is none. */
function stampOf(path: string): string | null {
  const status = statSync(path, { bigint: true, throwIfNoEntry: false });
  return status === undefined ? null : `${status.ino}:${status.mtimeNs}:${status.size}`;
}

function textAt(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
