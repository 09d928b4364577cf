import { calcPrice } from "@pydantic/genai-prices";
import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { sumCharges } from "../../src/core/money.ts";
import type { TokenUsage } from "../../src/core/usage.ts";
import { findDialect } from "../../src/dialects/registry.ts";
import { chargeUsage } from "../../src/prices/charge-usage.ts";
import { costOf } from "../../src/prices/cost-of.ts";
import { openBundledPriceBook } from "../../src/prices/open-bundled-price-book.ts";
import { compileProviders } from "../../src/providers/registry.ts";
import { openAnswerTap } from "../../src/streaming/answer-tap.ts";
import { usageOfLabels, type LabelledUsage } from "../support/labelled-usage.ts";
import { recordedRoute } from "../support/recorded-route.ts";
import {
  bodyBytes,
  findRecordings,
  readRecordings,
  recordedProviders,
  type RecordedExchange,
} from "../support/recordings.ts";
import { recordedDialect } from "./recorded-dialect.ts";

const book = openBundledPriceBook();

const usagesFile = resolve(import.meta.dir, "../../../../shared/data/usages.json");
const hasUsages = existsSync(usagesFile);
if (!hasUsages) console.log(`skipped: no labelled usages at ${usagesFile}`);

/** The labels give every model's price at its beginning, as it was before the dated changes since. */
const labelledAtMs = Date.parse("2026-01-15T12:00:00Z");

/** Labels that differ from our price on principle, by row and provider; the list is exact. */
const differences: Readonly<Record<string, string>> = {
  "107 google": "the list has got a price for prompts above 200,000 tokens since",
  "518 cerebras": "listed without a price and not said to be free: unpriced instead of zero",
  "761 mistral": "the list has the price of the model of that name corrected since",
};

describe.skipIf(!hasUsages)("labelled prices", () => {
  const rows = hasUsages ? (JSON.parse(readFileSync(usagesFile, "utf8")) as LabelledUsage[]) : [];

  test("input and output cost what the labels say, to the nano-dollar", () => {
    const seen: string[] = [];
    let equal = 0;
    for (const { index, key, model, usage, label } of labelledPrices(rows)) {
      const expected = { input: nano(label.input_price), output: nano(label.output_price) };
      const ours = pricesOf({ key, model, usage }, labelledAtMs);
      if (Bun.deepEquals(ours, expected)) equal += 1;
      else seen.push(`${index} ${key}`);
    }
    expect(seen).toEqual(Object.keys(differences));
    expect(equal).toBe(1752);
  });

  test("at other times they cost what the package itself works out from its list", () => {
    for (const time of ["2026-08-20T02:00:00Z", "2026-11-20T12:00:00Z"]) {
      const atMs = Date.parse(time);
      let compared = 0;
      for (const { index, key, model, usage, counts } of labelledPrices(rows)) {
        const theirs = calcPrice(counts, model, { providerId: key, timestamp: new Date(atMs) });
        if (theirs === null || differences[`${index} ${key}`]?.includes("unpriced") === true) continue;
        const expected = { input: nano(theirs.input_price), output: nano(theirs.output_price) };
        expect({ index, key, ...pricesOf({ key, model, usage }, atMs) }).toEqual({ index, key, ...expected });
        compared += 1;
      }
      expect(compared).toBe(1754);
    }
  });
});

interface Priced {
  readonly key: string;
  readonly model: string;
  readonly usage: TokenUsage;
}

/** Every extractor of every row that has a price. */
function* labelledPrices(rows: readonly LabelledUsage[]) {
  for (const [index, row] of rows.entries()) {
    for (const { usage: counts, extractors } of row.extracted) {
      const usage = usageOfLabels(counts);
      for (const label of extractors) {
        if (label.input_price === undefined) continue;
        yield { index, key: label.provider_id, model: row.model ?? "", usage, counts, label };
      }
    }
  }
}

function pricesOf({ key, model, usage }: Priced, atMs: number): { input: number; output: number } | null {
  const price = book.find({ slug: key, priceKey: key }, model)?.at(atMs) ?? null;
  const charges = price === null ? null : chargeUsage(price, usage);
  if (charges === null) return null;
  const sum = (scaled: typeof charges.input) => sumCharges({ scaled, unscaled: [] }, { numerator: 1, denominator: 1 });
  return { input: sum(charges.input), output: sum(charges.output) };
}

function nano(dollars: string | number | undefined): number {
  return Math.round(Number(dollars) * 1e9);
}

const directory = findRecordings();

/** Exchanges of one provider by what became of their cost, and what those with a price came to. */
interface Totals {
  priced: number;
  reported: number;
  unpriced: number;
  none: number;
  nanoUsd: number;
}

describe.skipIf(directory === null)("recorded answers", () => {
  const registry = compileProviders({});
  const recordedAtMs = Date.parse("2026-01-15T12:00:00Z");

  test("cost in all what the snapshot has for their provider", async () => {
    const totals: Record<string, Totals> = {};
    for (const name of recordedProviders(directory as string))
      for await (const exchange of readRecordings(directory as string, name)) {
        const sum = (totals[name] ??= { priced: 0, reported: 0, unpriced: 0, none: 0, nanoUsd: 0 });
        const cost = costOfRecording(exchange);
        sum[cost.priceVersion === "reported" ? "reported" : (cost.state as "priced" | "unpriced" | "none")] += 1;
        sum.nanoUsd += cost.nanoUsd ?? 0;
      }
    expect(totals).toMatchSnapshot();
  }, 120_000);

  function costOfRecording(exchange: RecordedExchange) {
    const { status, headers } = exchange.response;
    const { slug } = recordedRoute(exchange);
    const priceKey = registry.get(slug)?.provider.priceKey ?? null;
    const tap = openAnswerTap({
      dialect: findDialect(recordedDialect(exchange)),
      status,
      headers: Object.entries(headers).flatMap(([field, value]) =>
        field === "content-encoding" ? [] : [field, value],
      ),
    });
    tap.observe(bodyBytes(exchange.response));
    const { usage, model } = tap.finish();
    return costOf(book, {
      provider: { slug, priceKey },
      models: [model, askedModel(exchange)],
      usage,
      atMs: recordedAtMs,
      customCost: null,
    });
  }
});

/** The model a recorded request names, in its body or its path. */
function askedModel(exchange: RecordedExchange): string | null {
  const inBody = /"model(?:Id)?"\s*:\s*"([^"]+)"/.exec(exchange.request.body)?.[1];
  return inBody ?? /\/models?\/([^/:?]+)/.exec(exchange.request.url)?.[1] ?? null;
}
