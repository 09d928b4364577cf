import { formatCount, formatDuration, formatUsd } from "../../lib/format.ts";
import { sharesOf, type Standing } from "./rule.ts";

/** What of a limit is spent, reserved and left. */
export function StandingBar({ standing }: { readonly standing: Standing }) {
  const { metric, limit, used, reserved, left, resets_in_seconds: resetsIn } = standing;
  const amount = metric === "cost" ? formatUsd : formatCount;
  const shares = sharesOf(standing);
  const text = `${amount(used - reserved)} spent, ${amount(reserved)} reserved, ${amount(left)} of ${amount(limit)} left`;
  return (
    <div className="min-w-40">
      <svg viewBox="0 0 100 4" preserveAspectRatio="none" className="block h-2 w-full rounded bg-hover" aria-hidden>
        <rect width={shares.spent} height="4" className={left <= 0 ? "fill-bad" : "fill-accent"} />
        <rect x={shares.spent} width={shares.reserved} height="4" className="fill-warn" />
      </svg>
      <p className="mt-1 text-xs text-soft">
        {text}
        {resetsIn > 0 ? `; anew in ${formatDuration(resetsIn * 1000)}` : ""}
      </p>
    </div>
  );
}
