import { type ArgsDef, defineCommand } from "citty";
import type { LogsApi } from "./logs-api.ts";
import { decryptCommand } from "./logs-decrypt-command.ts";
import { logsQuery } from "./logs-query.ts";
import { ownManagementApi } from "./management-api.ts";
import type { OutputFormat } from "./print-logs.ts";
import { rejectUnknownArguments, UsageError } from "./usage-error.ts";

const options = {
  provider: { type: "string", valueHint: "slug,...", description: "Only these providers." },
  model: { type: "string", valueHint: "part,...", description: "Only models with one of these in their names." },
  status: { type: "string", valueHint: "429,5xx", description: "Only these statuses or classes of statuses." },
  failed: { type: "boolean", description: "Only what did not succeed." },
  unpriced: { type: "boolean", description: "Only models without a price." },
  user: { type: "string", valueHint: "user,...", description: "Only these users." },
  metadata: { type: "string", valueHint: "name=value", description: "Only with this metadata; may be repeated." },
  since: { type: "string", valueHint: "time|15m", description: "From a time on, or from so long ago." },
  until: { type: "string", valueHint: "time|1h", description: "Up to a time." },
  search: { type: "string", valueHint: "words", description: "Only where prompt and answer hold these words." },
  "min-cost": { type: "string", valueHint: "usd", description: "Only what cost at least so much." },
  "min-duration": { type: "string", valueHint: "ms", description: "Only what took at least so long." },
  "min-tokens": { type: "string", valueHint: "count", description: "Only with at least so many tokens, in and out." },
  limit: { type: "string", alias: "n", valueHint: "count", description: "The newest so many (20; json and csv: all)." },
  follow: { type: "boolean", alias: "f", description: "Go on with new logs as they come." },
  json: { type: "boolean", description: "Print logs as JSON, one a line, newest first." },
  csv: { type: "boolean", description: "Print logs as CSV, newest first." },
  bodies: { type: "boolean", description: "With --json or --csv: what was sent and answered, too." },
  account: { type: "string", valueHint: "id", description: "Account (default)." },
  gateway: { type: "string", valueHint: "id", description: "Gateway (default)." },
} as const satisfies ArgsDef;

/** What is printed from old to new is held until the oldest is there. */
const maxHeldLogs = 100_000;

const list = defineCommand({
  meta: { name: "list", description: "Print logs (what `headgate logs` does)." },
  args: options,
  async run({ args, rawArgs }) {
    rejectUnknownArguments(args, options);
    const format = outputFormat(args);
    const isFollowing = args.follow === true;
    if (isFollowing && format === "csv") throw new UsageError("--follow goes with lines and --json, not with --csv");
    if (args.bodies === true && (format === "lines" || isFollowing)) {
      throw new UsageError("--bodies goes with --json or --csv, without --follow");
    }
    const isHeld = format === "lines" || isFollowing;
    const limit = parseLimit(args.limit) ?? (isHeld ? 20 : null);
    if (isHeld && (limit ?? 0) > maxHeldLogs) {
      throw new UsageError(`--limit goes up to ${maxHeldLogs} here; --json and --csv without --follow take any`);
    }
    const metadata = repeatedOption(rawArgs, "metadata");
    const query = logsQuery({ ...args, metadata }, Date.now());
    const api = await ownApi({ account: args.account, gateway: args.gateway });
    const { printLogs } = await import("./print-logs.ts");
    await printLogs(api, { query, format, limit, isFollowing, withBodies: args.bodies === true });
  },
});

/** `headgate logs`, and what else is done with logs on the command line. */
export const logsCommand = defineCommand({
  meta: { name: "logs", description: "Find logs of a running gateway." },
  // Here as well, so that the word behind an option is not taken for a subcommand.
  args: options,
  default: "list",
  subCommands: { list, decrypt: decryptCommand },
});

function outputFormat(args: { readonly json?: boolean | undefined; readonly csv?: boolean | undefined }): OutputFormat {
  if (args.json === true && args.csv === true) throw new UsageError("--json and --csv exclude each other");
  if (args.csv === true) return "csv";
  return args.json === true ? "json" : "lines";
}

function parseLimit(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (!/^[1-9]\d{0,8}$/.test(text)) {
    throw new UsageError(`--limit takes a number from 1 on, got ${JSON.stringify(text)}`);
  }
  return Number(text);
}

/** Every value of an option that may be repeated; the library keeps only the last. */
function repeatedOption(rawArgs: readonly string[], name: string): string[] {
  return rawArgs.flatMap((argument, index) => {
    if (argument === `--${name}`) return [rawArgs[index + 1] ?? ""];
    return argument.startsWith(`--${name}=`) ? [argument.slice(name.length + 3)] : [];
  });
}

async function ownApi(asked: { account: string | undefined; gateway: string | undefined }): Promise<LogsApi> {
  const [accountId, gatewayId] = [asked.account ?? "default", asked.gateway ?? "default"].map((id) => {
    if (/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(id)) return id;
    throw new UsageError(`--account and --gateway take ids of letters, digits, - and _, got ${JSON.stringify(id)}`);
  }) as [string, string];
  return { ...(await ownManagementApi()), accountId, gatewayId };
}
