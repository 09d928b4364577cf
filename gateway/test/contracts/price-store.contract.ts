import { describe, expect, test } from "bun:test";
import type { PriceEntry } from "../../src/core/price-entry.ts";
import { newId } from "../../src/core/ids.ts";
import type { PriceStore } from "../../src/stores/ports/price-store.ts";

/** A new empty store. */
export interface PriceStoreUnderTest {
  readonly store: PriceStore;
  readonly dispose: () => void;
}

const entry = (changes: Partial<PriceEntry> = {}): PriceEntry => ({
  id: newId(),
  provider: "openai",
  model: "gpt-x",
  fromMs: 1_800_000_000_000,
  settings: { input_per_million: 0.075, service_tiers: { flex: 0.5 } },
  createdAtMs: 1_700_000_000_001,
  ...changes,
});

/** What every adapter of the port `PriceStore` has to do. */
export function describePriceStore(adapter: string, open: () => PriceStoreUnderTest): void {
  const withStore = (run: (store: PriceStore) => Promise<void>) => async (): Promise<void> => {
    const { store, dispose } = open();
    try {
      await run(store);
    } finally {
      dispose();
    }
  };

  describe(`price store: ${adapter}`, () => {
    test(
      "gives every entry back as it was, in the order they were added",
      withStore(async (store) => {
        expect(await store.list()).toEqual([]);
        const entries = [
          entry({ createdAtMs: 9 }),
          entry({ fromMs: null, settings: null, createdAtMs: 1 }),
          entry({ model: "it's \u{1F600}*", fromMs: 0 }),
          entry({ id: "00000000-0000-7000-8000-000000000000" }),
        ];
        for (const each of entries) await store.add(each);
        expect(await store.list()).toEqual(entries);
      }),
    );

    test(
      "an entry is there once, and stays what it was",
      withStore(async (store) => {
        const first = entry();
        await store.add(first);
        expect(store.add({ ...first, settings: null })).rejects.toThrow();
        expect(await store.list()).toEqual([first]);
      }),
    );
  });
}
