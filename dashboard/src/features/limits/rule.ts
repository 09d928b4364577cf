/** A limit or a budget of an account, as the API answers it. */
export interface Rule {
  readonly id: string;
  readonly enabled: boolean;
  readonly description?: string;
  readonly limit: number;
  readonly gateways?: readonly string[] | null;
  readonly providers?: readonly string[] | null;
  readonly models?: readonly string[] | null;
  readonly metadata?: Readonly<Record<string, readonly string[]>>;
  readonly when?: string | null;
  readonly per?: readonly string[];
  readonly key?: string | null;
  readonly managed_by?: "file";
  /** Of limits: what is counted. */
  readonly metric?: string;
  /** Of limits: seconds; null for what runs at once. */
  readonly window?: number | null;
  readonly shadow?: boolean;
  /** Of budgets. */
  readonly period?: string;
  readonly hard?: boolean;
  readonly fallback_model?: string | null;
  readonly technique?: string;
  readonly [member: string]: unknown;
}

/** Which of both: a budget is a limit of money by the calendar. */
export type RuleKind = "budget" | "limit";

/** How a rule stands. */
export interface Standing {
  readonly metric: string;
  readonly limit: number;
  /** What is reserved included. */
  readonly used: number;
  readonly reserved: number;
  readonly left: number;
  readonly resets_in_seconds: number;
}

/** Words for what is counted. */
export const metricWords: Readonly<Record<string, string>> = {
  requests: "requests",
  concurrent: "requests at once",
  tokens_in: "tokens in",
  tokens_out: "tokens out",
  tokens: "tokens",
  cost: "US dollars",
};

/** Whether each value of something has the rule to itself, so that there is no one count of it. */
export function isSplit({ per = [], key = null }: Rule): boolean {
  return per.length > 0 || key !== null;
}

/** The shares of a bar, in percent of the limit: spent, then reserved. They never go beyond its end. */
export function sharesOf({ limit, used, reserved }: Standing): { readonly spent: number; readonly reserved: number } {
  if (limit <= 0) return { spent: 100, reserved: 0 };
  const spent = Math.min(100, (Math.max(0, used - reserved) / limit) * 100);
  return { spent, reserved: Math.min(100 - spent, (reserved / limit) * 100) };
}
