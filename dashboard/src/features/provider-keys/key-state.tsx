import type { RestingKey } from "../../api/generated/operations.ts";
import { Badge } from "../../components/ui/badge.tsx";
import { formatShortTime } from "../../lib/format.ts";

const reasons: Readonly<Record<RestingKey["reason"], string>> = {
  refused: "The provider did not accept it (401): it may have been revoked",
  unpaid: "The provider wants money for it (402)",
  forbidden: "The provider says it may not do this (403)",
  limited: "The provider says too much was asked with it (429)",
  unusable: "Its secret could not be used: look at where it is kept",
};

/** Whether requests are sent with a key now; else why not, since when and until when. */
export function KeyState({ resting }: { readonly resting: RestingKey | undefined }) {
  if (resting === undefined) return <Badge kind="good">ready</Badge>;
  const { reason, since, until, workers } = resting;
  return (
    <>
      <Badge kind="warn">rests until {formatShortTime(until)}</Badge>
      <span className="mt-1 block text-xs text-soft">
        {reasons[reason]}; failing since {formatShortTime(since)}, in{" "}
        {workers.length === 1 ? "one worker" : `${workers.length} workers`}. Other keys of its alias are used meanwhile.
      </span>
    </>
  );
}
