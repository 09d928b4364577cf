import { readFileSync } from "node:fs";
import { systemClock } from "../core/clock.ts";
import type { GatewayConfig } from "../core/gateway-settings.ts";
import { newId } from "../core/ids.ts";
import type { PriceEntry } from "../core/price-entry.ts";
import { priceRoutes } from "../management/prices/price-routes.ts";
import type { PriceFault, PriceInForce, PriceRoutesOptions } from "../management/prices/price-routes-options.ts";
import type { Route } from "../management/route.ts";
import { followPriceFile } from "../prices/follow-price-file.ts";
import { openBundledPriceBook } from "../prices/open-bundled-price-book.ts";
import { priceSource } from "../prices/override-of-entry.ts";
import type { PriceBook } from "../prices/price-book.ts";
import { PriceDataError } from "../prices/price-data.ts";
import { stageFile } from "../core/stage-file.ts";
import { priceFilePath, priceFileText } from "../prices/price-file.ts";
import { readPriceSettings } from "../prices/read-price-settings.ts";
import { showPrice } from "../prices/show-price.ts";
import type { ProviderRegistry } from "../providers/registry.ts";
import type { SettingsDesk } from "../settings/settings-desk.ts";
import type { AnalyticsStore } from "../stores/ports/analytics-store.ts";
import { type PriceStore, PriceStoreUnavailable } from "../stores/ports/price-store.ts";
import type { ProcessLog } from "../supervisor/process-log.ts";

/** Longest history: every change of it goes to every worker whole. */
const MOST_ENTRIES = 10_000;

/** What prices are kept and told with. */
export interface PricesOptions {
  readonly config: Pick<GatewayConfig, "dataDirectory" | "prices">;
  readonly store: PriceStore;
  readonly analytics: AnalyticsStore;
  readonly providers: ProviderRegistry;
  /** Where providers are made while the gateway runs. */
  readonly settings: Pick<SettingsDesk, "current">;
  readonly log: ProcessLog;
}

/** Prices as the control process has them. */
export interface Prices {
  readonly routes: readonly Route[];
  /** The book in use now. */
  book(): PriceBook;
  /** Ends when no change is under way any more. */
  stop(): Promise<void>;
}

/**
 * Starts what sets prices and tells them to the workers. The store is what counts; the price file is its copy for the workers and is
 * written anew at the start when it differs, and whenever it cannot be read.
 */
export function startPrices(options: PricesOptions): Prices {
  const { config, store, analytics, providers, log } = options;
  const path = priceFilePath(config.dataDirectory);
  // One change after another, so that none writes a file that lacks another's.
  let lastChange: Promise<unknown> = Promise.resolve();
  const writeAnew = (): void => {
    lastChange = lastChange
      .then(() => publish(store, path))
      .then(
        () => live.look(),
        (error: unknown) => log("warn", "price_file_not_written", { error: String(error) }),
      );
  };
  const live = followPriceFile({
    path,
    list: openBundledPriceBook(),
    settings: config.prices,
    onFault(problem) {
      log("warn", "price_file_refused", { problem });
      writeAnew();
    },
  });
  writeAnew();
  const set: PriceRoutesOptions["set"] = (draft) => {
    const change = lastChange.then(() => addEntry(store, path, draft));
    lastChange = change.then(live.look, () => {});
    return change.then(async (entry) => {
      await lastChange;
      return entry;
    });
  };
  return {
    routes: priceRoutes({
      store,
      analytics,
      clock: systemClock,
      fileSettings: config.prices,
      slugOf: (name) => providers.get(name)?.slug ?? (isMadeSince(options.settings, name) ? name : null),
      priceOf: (slug, model, atMs) =>
        priceInForce(live.current, { slug, priceKey: priceKeyOf(providers, slug), model, atMs }),
      readSettings,
      set,
    }),
    book: () => live.current,
    async stop() {
      live.stop();
      await lastChange;
    },
  };
}

async function publish(store: PriceStore, path: string): Promise<void> {
  const entries = await store.list();
  const text = priceFileText(entries);
  const written = textOf(path);
  if (written === text || (written === null && entries.length === 0)) return;
  stageFile(path, text).commit();
}

/** Null when the history is full. What fails leaves both store and file as they were. */
async function addEntry(
  store: PriceStore,
  path: string,
  draft: Parameters<PriceRoutesOptions["set"]>[0],
): Promise<PriceEntry | null> {
  const entries = await store.list();
  if (entries.length >= MOST_ENTRIES) return null;
  const entry: PriceEntry = { id: newId(), ...draft, createdAtMs: systemClock.nowMs() };
  const staged = stage(path, priceFileText([...entries, entry]));
  try {
    await store.add(entry);
  } catch (error) {
    staged.discard();
    throw error;
  }
  staged.commit();
  return entry;
}

function stage(path: string, text: string): ReturnType<typeof stageFile> {
  try {
    return stageFile(path, text);
  } catch (error) {
    throw new PriceStoreUnavailable(String(error), { cause: error });
  }
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}

function priceKeyOf(providers: ProviderRegistry, slug: string): string | null {
  return providers.get(slug)?.provider.priceKey ?? null;
}

function priceInForce(
  book: PriceBook,
  asked: { readonly slug: string; readonly priceKey: string | null; readonly model: string; readonly atMs: number },
): PriceInForce | null {
  const price = book.find(asked, asked.model)?.at(asked.atMs) ?? null;
  return price === null ? null : { version: price.version, ...priceSource(price.version), prices: showPrice(price) };
}

function readSettings(value: unknown): ReturnType<PriceRoutesOptions["readSettings"]> {
  try {
    return readPriceSettings(value, "prices");
  } catch (error) {
    if (!(error instanceof PriceDataError)) throw error;
    const fault: PriceFault = { message: error.message, path: error.path.split(".").slice(1) };
    return fault;
  }
}

/** Whether an account has a custom provider that requests call `name`. */
function isMadeSince({ current }: Pick<SettingsDesk, "current">, name: string): boolean {
  return current.accountIds.some((accountId) =>
    current.list(accountId, "custom-provider").some(({ value }) => `custom-${String(value["slug"])}` === name),
  );
}
