/** Values that a rule is bound to. */
interface Filter {
  readonly mode: "filter";
  readonly values: readonly string[];
}

/** One limit of what is spent. */
export interface SpendRule {
  readonly id?: string;
  readonly enabled?: boolean;
  /** US dollars; text and null while it is being written. */
  readonly limit: number | string | null;
  readonly limitType: "cost";
  /** Seconds. */
  readonly window: number | string | null;
  readonly technique?: "sliding" | "fixed";
  readonly model?: Filter;
  readonly provider?: Filter;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** `spend_limits` of a gateway. */
export interface SpendLimits {
  readonly enabled: boolean;
  readonly rules: readonly SpendRule[];
}

/** Windows that people think in, by their seconds. */
export const windows: readonly { readonly value: string; readonly label: string }[] = [
  { value: "3600", label: "An hour" },
  { value: "86400", label: "A day" },
  { value: "604800", label: "A week" },
  { value: "2592000", label: "30 days" },
];

/** Whether a window is one of those. */
export function isWindow(seconds: number | string | null): boolean {
  return windows.some(({ value }) => value === String(seconds));
}
