import type { AddressRanges } from "./address-ranges.ts";

/** An API token as it is held for checking: everything but its text, which nobody keeps. */
export interface AccessToken {
  readonly id: string;
  /** The account it acts in, or `*` for all. */
  readonly accountId: string;
  /** `hashToken` of its text. */
  readonly hash: string;
  /** Names of permission groups; unknown ones grant nothing. */
  readonly groups: readonly string[];
  /** Gateways it may run; null for all of its account. */
  readonly gatewayIds: readonly string[] | null;
  /** Patterns of models it may run, see `matchesModel`; null for all. */
  readonly models: readonly string[] | null;
  /** Where it may be used from; null for anywhere. */
  readonly ipRanges: AddressRanges | null;
  /** Unix milliseconds from which it counts; null for since ever. */
  readonly notBeforeMs: number | null;
  /** Unix milliseconds from which it counts no more; null for never. */
  readonly expiresAtMs: number | null;
  /** Budget its spending counts towards; null for none. */
  readonly budgetId: string | null;
  readonly status: "active" | "disabled";
}

/** What a token says that is bound to nothing and counts for ever. */
export const unbound = {
  gatewayIds: null,
  models: null,
  ipRanges: null,
  notBeforeMs: null,
  expiresAtMs: null,
  budgetId: null,
  status: "active",
} as const satisfies Partial<AccessToken>;
