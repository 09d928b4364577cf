import { type ArgsDef, defineCommand } from "citty";
import { askResult } from "./management-api.ts";
import { printable } from "./printable.ts";
import { timeOption } from "./time-option.ts";
import { rejectUnknownArguments, UsageError } from "./usage-error.ts";

const provider = { type: "string", valueHint: "slug", description: "Provider." } as const;
const model = { type: "string", valueHint: "name", description: "Model." } as const;
const json = { type: "boolean", description: "Print the API's result as JSON." } as const;

const showOptions = {
  provider,
  model,
  at: { type: "string", valueHint: "time|15m", description: "At this time (now)." },
  json,
} as const satisfies ArgsDef;

const unpricedOptions = {
  since: { type: "string", valueHint: "time|15m", description: "From a time on, or from so long ago (7d)." },
  json,
} as const satisfies ArgsDef;

const setOptions = {
  provider,
  model: { ...model, description: "Model, or a beginning of names with a closing *." },
  input: { type: "string", valueHint: "usd", description: "Dollars for a million prompt tokens." },
  output: { type: "string", valueHint: "usd", description: "Dollars for a million completion tokens." },
  from: { type: "string", valueHint: "time", description: "From this time on (now)." },
  json,
} as const satisfies ArgsDef;

const show = defineCommand({
  meta: { name: "show", description: "Print what a model costs (what `headgate prices` does)." },
  args: showOptions,
  async run({ args }) {
    rejectUnknownArguments(args, showOptions);
    const query = new URLSearchParams(modelOf(args));
    if (args.at !== undefined) query.set("at", isoTime("at", args.at));
    const result = (await askResult({ path: `/api/prices?${query}` })) as ShownPrice;
    console.log(args.json === true ? JSON.stringify(result) : priceText(result));
  },
});

const unpriced = defineCommand({
  meta: { name: "unpriced", description: "Print models that were used and have no price." },
  args: unpricedOptions,
  async run({ args }) {
    rejectUnknownArguments(args, unpricedOptions);
    const query = args.since === undefined ? "" : `?since=${isoTime("since", args.since)}`;
    const rows = (await askResult({ path: `/api/prices/unpriced${query}` })) as readonly UnpricedRow[];
    if (args.json === true) for (const row of rows) console.log(JSON.stringify(row));
    else if (rows.length === 0) console.log("Every model used has a price.");
    else for (const row of rows) console.log(unpricedText(row));
  },
});

const set = defineCommand({
  meta: { name: "set", description: "Set the price of a model." },
  args: setOptions,
  async run({ args }) {
    rejectUnknownArguments(args, setOptions);
    const prices = {
      ...(args.input === undefined ? {} : { input_per_million: dollars("input", args.input) }),
      ...(args.output === undefined ? {} : { output_per_million: dollars("output", args.output) }),
    };
    if (Object.keys(prices).length === 0) throw new UsageError("set takes --input, --output or both");
    const from = args.from === undefined ? {} : { from: isoTime("from", args.from) };
    const body = { ...modelOf(args), ...from, prices };
    const row = (await askResult({ path: "/api/prices/overrides", body })) as OverrideRow;
    const name = printable(`${row.provider}/${row.model}`);
    console.log(args.json === true ? JSON.stringify(row) : `${name} is priced so from ${row.from} on (${row.id})`);
  },
});

/** `headgate prices`: what models cost, which have no price, and setting one. */
export const pricesCommand = defineCommand({
  meta: { name: "prices", description: "See and set prices of a running gateway." },
  // Here as well, so that the word behind an option is not taken for a subcommand.
  args: { ...showOptions, ...unpricedOptions, ...setOptions, model },
  default: "show",
  subCommands: { show, unpriced, set },
});

interface ShownPrice {
  readonly provider: string;
  readonly model: string;
  readonly at: string;
  readonly price: { readonly version: string; readonly source: string; readonly prices: object } | null;
}

interface UnpricedRow {
  readonly provider: string;
  readonly model: string | null;
  readonly requests: number;
  readonly tokens_in: number;
  readonly tokens_out: number;
  readonly last_seen: string;
  readonly has_price: boolean;
}

interface OverrideRow {
  readonly id: string;
  readonly provider: string;
  readonly model: string;
  readonly from: string;
}

function modelOf(args: { readonly provider?: string | undefined; readonly model?: string | undefined }) {
  if (args.provider === undefined || args.model === undefined)
    throw new UsageError("prices takes --provider and --model");
  return { provider: args.provider, model: args.model };
}

function isoTime(option: string, text: string): string {
  return new Date(timeOption(option, text, Date.now())).toISOString();
}

function dollars(option: string, text: string): number {
  if (/^\d{1,6}(\.\d{1,12})?$/.test(text)) return Number(text);
  throw new UsageError(`--${option} takes dollars such as 1.25, got ${JSON.stringify(text)}`);
}

function priceText({ provider: slug, model: name, at, price }: ShownPrice): string {
  const head = printable(`${slug}/${name}`);
  if (price === null) return `${head}  no price at ${at}`;
  const lines = Object.entries(price.prices).map(([key, value]) => `  ${key}  ${JSON.stringify(value)}`);
  return [`${head}  from the ${price.source}, ${price.version}`, ...lines].join("\n");
}

function unpricedText(row: UnpricedRow): string {
  const name = printable(`${row.provider}/${row.model ?? "-"}`);
  const tokens = `${row.tokens_in}>${row.tokens_out} tokens`;
  return `${row.last_seen}  ${name}  ${row.requests} requests  ${tokens}${row.has_price ? "  priced by now" : ""}`;
}
