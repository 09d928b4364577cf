import type { CounterWindow } from "../stores/ports/counter-store.ts";
import { calendarWindow, type CalendarUnit } from "./calendar-window.ts";

/** A window as rules have it. */
export type WindowSpec =
  /** Aligned to the clock: windows of 600 s begin at 12:00, 12:10 and so on, UTC. */
  | { readonly kind: "fixed"; readonly seconds: number }
  | { readonly kind: "sliding"; readonly seconds: number }
  /** A bucket of `capacity` units that fills at the rule's limit in `seconds`. */
  | { readonly kind: "bucket"; readonly seconds: number; readonly capacity: number }
  | { readonly kind: "calendar"; readonly unit: CalendarUnit; readonly timeZone: string }
  | { readonly kind: "concurrent" };

/** The window a moment (Unix milliseconds) lies in, as counters take it. */
export type WindowFinder = (nowMs: number) => CounterWindow;

/** Finds the windows of a rule. Calendars are asked once in a window: their sums take a hundred times as long as all else. */
export function windowFinder(spec: WindowSpec, limit: number): WindowFinder {
  let last: CounterWindow & { readonly kind: "fixed" } = { kind: "fixed", startMs: 0, endMs: 0 };
  return (nowMs) => {
    if (nowMs >= last.startMs && nowMs < last.endMs) return last;
    const found = counterWindow(spec, limit, nowMs);
    if (found.kind === "fixed") last = found;
    return found;
  };
}

function counterWindow(spec: WindowSpec, limit: number, nowMs: number): CounterWindow {
  switch (spec.kind) {
    case "fixed": {
      const lengthMs = spec.seconds * 1000;
      const startMs = Math.floor(nowMs / lengthMs) * lengthMs;
      return { kind: "fixed", startMs, endMs: startMs + lengthMs };
    }
    case "sliding":
      return { kind: "sliding", lengthMs: spec.seconds * 1000 };
    case "bucket":
      return { kind: "bucket", fillMs: (spec.seconds * 1000 * spec.capacity) / Math.max(1, limit) };
    case "calendar":
      return { kind: "fixed", ...calendarWindow(spec.unit, spec.timeZone, nowMs) };
    default:
      return { kind: "concurrent" };
  }
}

/** Most units that fit in a window at once: the limit, or what its bucket holds. */
export function capacityOf(spec: WindowSpec, limit: number): number {
  return spec.kind === "bucket" ? spec.capacity : limit;
}

/** Names the kind and length of a window: counts are kept under it, so that another length begins anew. */
export function windowName(spec: WindowSpec): string {
  if (spec.kind === "concurrent") return spec.kind;
  return spec.kind === "calendar" ? `${spec.unit} ${spec.timeZone}` : `${spec.kind} ${spec.seconds}`;
}

/** About how many seconds a window lasts; 0 for `concurrent`. */
export function windowSeconds(spec: WindowSpec): number {
  if (spec.kind === "concurrent") return 0;
  if (spec.kind !== "calendar") return spec.seconds;
  return { hour: 3600, day: 86_400, week: 604_800, month: 2_592_000 }[spec.unit];
}
