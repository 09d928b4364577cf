import { type RawSearch, textIn } from "../../lib/search.ts";
import { type RangeSearch, readRange } from "../../lib/time-range.ts";

/** What the overview shows, as it is in its URL. */
export interface OverviewSearch extends RangeSearch {
  /** Absent for all gateways. */
  readonly gateway?: string;
  /** Whether the range before is shown beside. */
  readonly compare?: true;
}

/** The search of a URL; the last 24 hours where it names no range. */
export function readOverviewSearch(search: RawSearch): OverviewSearch {
  return {
    ...readRange(search, "24h"),
    ...textIn(search, "gateway", 64),
    ...(search["compare"] === true ? { compare: true } : {}),
  };
}
