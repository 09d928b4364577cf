import { existsSync, writeFileSync } from "node:fs";
import { setPriority } from "node:os";

/** How full the journals are, and how to stand back. */
export interface YieldOptions {
  /** What waits in the journals, in bytes. */
  readonly queuedBytes: () => number;
  /** What the journals may hold, in bytes. */
  readonly maxBytes: number;
  /** Sets this process's nice value; throws where it may not. */
  readonly setNice?: (nice: number) => void;
}

/** Under contention the scheduler then gives about a tenth of a core to this process and the rest to a worker. */
const POLITE_NICE = 10;
const LOOK_EVERY_MS = 1000;

/**
 * Keeps this process out of the workers' way: records can wait in the journals, answers cannot. When a quarter of what journals may
 * hold is waiting, it takes its full share again, so that nothing is lost for politeness. Where the system does not let it go back,
 * it does not yield at all. The returned function ends it.
 */
export function yieldToWorkers({ queuedBytes, maxBytes, setNice = niceOfThisProcess }: YieldOptions): () => void {
  let current = 0;
  const look = (): void => {
    const wanted = queuedBytes() > maxBytes / 4 ? 0 : POLITE_NICE;
    if (wanted === current) return;
    try {
      setNice(wanted);
      current = wanted;
    } catch {
      // The kernel refuses changes that follow too fast on one another; the next look asks again.
    }
  };
  look();
  const timer = setInterval(look, LOOK_EVERY_MS).unref();
  return () => clearInterval(timer);
}

/**
 * Linux's autogroups share the cores between sessions, and each process of ours has its own: there the group's value counts, and
 * anybody may set it back to 0 (sched(7)).
 */
const AUTOGROUP = "/proc/self/autogroup";

function niceOfThisProcess(nice: number): void {
  if (existsSync(AUTOGROUP)) writeFileSync(AUTOGROUP, String(nice));
  if (mayGoBack()) setPriority(0, nice);
}

let isReversible: boolean | null = null;

/** Tried once by the smallest step: going back takes a privilege, and a process without it would stay polite for ever. */
function mayGoBack(): boolean {
  if (isReversible !== null) return isReversible;
  try {
    setPriority(0, 1);
    setPriority(0, 0);
    isReversible = true;
  } catch {
    isReversible = false;
  }
  return isReversible;
}
