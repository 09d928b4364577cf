/** Unix milliseconds at which sequences begin: 2020-01-01. */
const epochMs = 1_577_836_800_000;

/** Sequences of one millisecond; the first is that of an id whose twelve bits after the version are zero. */
const perMillisecond = 4096;

/** Sequences end here, in the year 2089: what a double holds exactly. */
const lastMs = epochMs + 2 ** 41 - 1;

/** How far from its first choice an id may have been placed because others had taken it. */
export const sequenceReach = perMillisecond;

/**
 * First choice of the row number of an id: the milliseconds and the twelve bits behind them of a UUIDv7 (RFC 9562 §5.7), so that
 * rows lie in the order of their ids. Two ids may want the same one; the later takes the next that is free. Null for what is
 * no UUID.
 */
export function firstSequence(id: string): number | null {
  if (!/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(id)) return null;
  return sequenceAt(idTimeMs(id)) + Number.parseInt(id.slice(15, 18), 16);
}

/** Time in a UUIDv7, Unix milliseconds. */
export function idTimeMs(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

/** Smallest sequence of an id made at or after `timeMs`; times out of reach count as the nearest one. */
export function sequenceAt(timeMs: number): number {
  return (Math.min(lastMs, Math.max(epochMs, Math.floor(timeMs))) - epochMs) * perMillisecond;
}
