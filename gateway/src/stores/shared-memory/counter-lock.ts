import { type CounterMemory, half } from "./counter-layout.ts";
import { isOwnerAlive, isRunning, type OwnerId } from "./owners.ts";
import { commit, rollBack } from "./undo-log.ts";

/** Tries before a waiter begins to sleep: about as long as a holder that runs takes. */
const SPINS = 400;
const SLEEP_MS = 0.02;
/** Every so many sleeps the waiter asks whether the holder is alive. */
const LIFE_CHECK_EVERY = 32;

/**
 * Runs `work` while nobody else, in this or another process, is at the counters. What it changes stands when it returns and is taken back
 * when it throws. A holder that died is not waited for: what it had changed is taken back.
 * @param owner this process among the owners; null before it is one.
 */
export function locked<Result>(memory: CounterMemory, owner: OwnerId | null, work: () => Result): Result {
  const { halves } = memory;
  acquire(memory, owner ?? -process.pid);
  try {
    return work();
  } catch (error) {
    rollBack(memory);
    throw error;
  } finally {
    commit(memory);
    Atomics.store(halves, half.lock, 0);
  }
}

function acquire(memory: CounterMemory, self: number): void {
  const { halves } = memory;
  for (let tries = 0; ; tries += 1) {
    const holder = Atomics.compareExchange(halves, half.lock, 0, self);
    if (holder === 0) return;
    if (tries < SPINS) continue;
    if (tries % LIFE_CHECK_EVERY === 0 && !isHolderAlive(memory, holder)) {
      if (Atomics.compareExchange(halves, half.lock, holder, self) !== holder) continue;
      rollBack(memory);
      return;
    }
    Bun.sleepSync(SLEEP_MS);
  }
}

/** Owners hold the lock by their number, processes that are none yet by their id, negative. */
function isHolderAlive(memory: CounterMemory, holder: number): boolean {
  return holder < 0 ? isRunning(-holder) : isOwnerAlive(memory, holder);
}
