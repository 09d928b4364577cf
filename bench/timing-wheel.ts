/** Something that is due again and again. */
export interface WheelEntry {
  readonly intervalMs: number;
  /** @returns whether it wants to be called again. */
  fire(): boolean;
}

/** Entries by the millisecond they are due in; intervals stay below the number of slots. */
export interface TimingWheel {
  readonly slots: WheelEntry[][];
  passedMs: number;
}

const slotCount = 2048;

/** An empty wheel at time zero. */
export function newTimingWheel(): TimingWheel {
  return { slots: Array.from({ length: slotCount }, () => []), passedMs: 0 };
}

/** Calls `entry.fire` after its interval, to the millisecond, and from then on at that interval. */
export function addToWheel(wheel: TimingWheel, entry: WheelEntry): void {
  wheel.slots[(wheel.passedMs + entry.intervalMs) % slotCount]?.push(entry);
}

/** Fires all that is due up to `nowMs` since the wheel was made. Late calls catch up and keep each entry's phase. */
export function turnWheel(wheel: TimingWheel, nowMs: number): void {
  while (wheel.passedMs < nowMs) {
    wheel.passedMs++;
    const slot = wheel.passedMs % slotCount;
    const due = wheel.slots[slot] as WheelEntry[];
    if (due.length === 0) continue;
    wheel.slots[slot] = [];
    for (const entry of due) if (entry.fire()) addToWheel(wheel, entry);
  }
}
