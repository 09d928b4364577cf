import type { PriceEntry } from "../../core/price-entry.ts";
import type { DatedPriceSettings, PriceOverrideSettings, PriceSettings } from "../../core/price-settings.ts";

/** An override as the API shows it. */
export interface OverrideRow {
  /** Null for those of the configuration file, which have none. */
  readonly id: string | null;
  readonly provider: string;
  readonly model: string;
  /** RFC 3339; null for since ever. */
  readonly from: string | null;
  /** Null withdraws what was set before. */
  readonly prices: PriceSettings | null;
  readonly source: "api" | "file";
  /** Whether the configuration file sets this provider and model, so that the row does not count. */
  readonly overruled_by_file: boolean;
  /** Null for those of the configuration file. */
  readonly created_at: string | null;
}

/** A row for an entry of the API. */
export function rowOfEntry(entry: PriceEntry, fileSettings: PriceOverrideSettings): OverrideRow {
  const { id, provider, model, fromMs, settings, createdAtMs } = entry;
  return {
    id,
    provider,
    model,
    from: fromMs === null ? null : new Date(fromMs).toISOString(),
    prices: settings,
    source: "api",
    overruled_by_file: isSetByFile(fileSettings, provider, model),
    created_at: new Date(createdAtMs).toISOString(),
  };
}

/** Rows for what the configuration file sets, the last of each model first. */
export function rowsOfFile(fileSettings: PriceOverrideSettings): OverrideRow[] {
  return Object.entries(fileSettings).flatMap(([provider, models]) =>
    Object.entries(models).flatMap(([model, entries]) =>
      ([entries].flat() as DatedPriceSettings[]).toReversed().map(({ from, ...prices }): OverrideRow => {
        const since = from === undefined ? null : new Date(from).toISOString();
        return {
          id: null,
          provider,
          model: model.toLowerCase(),
          from: since,
          prices,
          source: "file",
          overruled_by_file: false,
          created_at: null,
        };
      }),
    ),
  );
}

/** Whether the configuration file sets exactly this model, or these beginnings of names. `model` is in lower case. */
export function isSetByFile(fileSettings: PriceOverrideSettings, provider: string, model: string): boolean {
  const models = Object.hasOwn(fileSettings, provider) ? fileSettings[provider] : undefined;
  return models !== undefined && Object.keys(models).some((key) => key.toLowerCase() === model);
}
