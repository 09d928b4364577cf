import { type CounterMemory, half, MAX_UNDO, UNDO_AT, UNDO_WORDS } from "./counter-layout.ts";

/**
 * Changes a word of the file so that it can be taken back: what it was is noted first. Whoever dies between two changes leaves a log by
 * which the next one takes all of them back.
 */
export function put(memory: CounterMemory, at: number, value: number): void {
  note(memory, at);
  memory.words[at] = value;
}

/** `put` for one of the two halves of a word. @param halfAt number of the half. */
export function putHalf(memory: CounterMemory, halfAt: number, value: number): void {
  note(memory, halfAt >> 1);
  memory.halves[halfAt] = value;
}

function note({ words, halves }: CounterMemory, at: number): void {
  const count = halves[half.undoCount] as number;
  if (count >= MAX_UNDO) throw new RangeError("too many changes at once to the counters");
  const entry = UNDO_AT + count * UNDO_WORDS;
  words[entry] = at;
  halves[entry * 2 + 2] = halves[at * 2] as number;
  halves[entry * 2 + 3] = halves[at * 2 + 1] as number;
  // An atomic store, so that neither compiler nor processor moves the change before its note.
  Atomics.store(halves, half.undoCount, count + 1);
}

/** Takes back every change since the log was last cleared. Begun again from wherever it was left, it comes to the same. */
export function rollBack({ words, halves }: CounterMemory): void {
  for (let count = Math.min(halves[half.undoCount] as number, MAX_UNDO); count > 0; count -= 1) {
    const entry = UNDO_AT + (count - 1) * UNDO_WORDS;
    const at = words[entry] as number;
    halves[at * 2] = halves[entry * 2 + 2] as number;
    halves[at * 2 + 1] = halves[entry * 2 + 3] as number;
    Atomics.store(halves, half.undoCount, count - 1);
  }
}

/** Makes all changes stand. */
export function commit({ halves }: CounterMemory): void {
  Atomics.store(halves, half.undoCount, 0);
}
