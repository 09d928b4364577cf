import { statSync } from "node:fs";

/** How long a new file may stay unseen, at most. */
const LOOK_EVERY_MS = 250;

/** What to follow. */
export interface FollowOptions {
  readonly path: string;
  /** Takes the file in; told again of the same file only after it threw. */
  readonly take: () => void;
  /** Told once of each reason for which a file is not used. A file that goes after it was seen is a reason, too. */
  readonly onFault: (problem: string) => void;
}

/** A file under watch. */
export interface FollowedFile {
  /** Looks now. */
  look(): void;
  stop(): void;
}

/**
 * Keeps looking whether there is another file at `path`, from now on until it is stopped. The file is looked at, not watched: its
 * directory also holds databases, whose every write would wake a watcher, and a look takes microseconds.
 */
export function followFile({ path, take, onFault }: FollowOptions): FollowedFile {
  let seen: string | null = null;
  let told: string | null = null;
  const look = (): void => {
    try {
      const stamp = stampOf(path);
      if (stamp === seen) return;
      if (stamp === null) throw new Error("the file is gone");
      take();
      seen = stamp;
      told = null;
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      if (problem !== told) onFault(problem);
      told = problem;
    }
  };
  look();
  const looking = setInterval(look, LOOK_EVERY_MS).unref();
  return { look, stop: () => clearInterval(looking) };
}

/** Differs between any two files that were at `path`; null when there is none. */
function stampOf(path: string): string | null {
  const status = statSync(path, { bigint: true, throwIfNoEntry: false });
  return status === undefined ? null : `${status.ino}:${status.mtimeNs}:${status.size}`;
}
