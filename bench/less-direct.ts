import type { Figures } from "./figures.ts";
import type { MeasuredRounds } from "./workload.ts";

/** Adds to each round what its target took beyond `direct` in that round: `jsonFirstByteP50Ms` → `jsonFirstByteP50MsAdded`. */
export function lessDirect(rounds: MeasuredRounds): MeasuredRounds {
  const direct = rounds.byTarget.get("direct") ?? [];
  const added = (figures: Figures, round: number): Figures => {
    const pairs = Object.entries(figures).filter(([name]) => name.endsWith("Ms"));
    return Object.fromEntries(
      pairs.map(([name, value]) => [`${name}Added`, value - (direct[round]?.[name] ?? Number.NaN)]),
    );
  };
  const byTarget = new Map(
    [...rounds.byTarget].map(([target, all]) => [
      target,
      target === "direct" ? all : all.map((figures, round) => ({ ...figures, ...added(figures, round) })),
    ]),
  );
  return { ...rounds, byTarget };
}
