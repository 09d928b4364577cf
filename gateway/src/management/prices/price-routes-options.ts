import type { Clock } from "../../core/clock.ts";
import type { PriceEntry } from "../../core/price-entry.ts";
import type { PriceOverrideSettings, PriceSettings } from "../../core/price-settings.ts";
import type { AnalyticsStore } from "../../stores/ports/analytics-store.ts";
import type { PriceStore } from "../../stores/ports/price-store.ts";

/** A price as it holds at one moment. */
export interface PriceInForce {
  /** As records name it. */
  readonly version: string;
  readonly source: "list" | "file" | "api";
  /** Id of the entry, for prices set through the API. */
  readonly entryId: string | null;
  /** By the names under which prices are set, in dollars. */
  readonly prices: object;
}

/** Why a value is no price; `path` leads to the fault within it. */
export interface PriceFault {
  readonly message: string;
  readonly path: readonly string[];
}

/** What the routes of prices work with. */
export interface PriceRoutesOptions {
  readonly store: Pick<PriceStore, "list">;
  readonly analytics: AnalyticsStore;
  readonly clock: Clock;
  /** `prices` of the configuration: what it names is not set through the API. */
  readonly fileSettings: PriceOverrideSettings;
  /** A provider's own slug by slug or alias; null for providers there are not. */
  readonly slugOf: (provider: string) => string | null;
  /** Null when no price is known. `provider` is an own slug. */
  readonly priceOf: (provider: string, model: string, atMs: number) => PriceInForce | null;
  /** A value as prices, or what is wrong with it. */
  readonly readSettings: (value: unknown) => PriceSettings | PriceFault;
  /** Keeps an entry and lets all workers know; `null` when there are too many to add another. */
  readonly set: (entry: Omit<PriceEntry, "id" | "createdAtMs">) => Promise<PriceEntry | null>;
}
