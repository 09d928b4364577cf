import { type ArgsDef, defineCommand } from "citty";
import { readFile } from "node:fs/promises";
import { askManagement, askResult, type ManagementCall, ownManagementApi } from "./management-api.ts";
import { printable } from "./printable.ts";
import { rejectUnknownArguments, UsageError } from "./usage-error.ts";

const json = { type: "boolean", description: "Print the API's result as JSON." } as const;
const file = {
  type: "positional",
  required: false,
  description: "A file like headgate.yaml, with accounts alone; - reads stdin.",
} as const;
const prune = {
  type: "boolean",
  description: "Remove gateways and custom providers of its accounts that the file does not name.",
} as const;

const documentOptions = { file, prune, json } as const satisfies ArgsDef;
const exportOptions = {
  account: { type: "string", valueHint: "id", description: "Account to tell of (all)." },
} as const satisfies ArgsDef;
const historyOptions = {
  limit: { type: "string", valueHint: "number", description: "Most versions to print, up to 100 (20)." },
  json,
} as const satisfies ArgsDef;
const rollbackOptions = {
  version: { type: "positional", required: false, description: "Number of the version to go back to." },
  "dry-run": { type: "boolean", description: "Print the changes and make none." },
  json,
} as const satisfies ArgsDef;

/** `headgate config diff FILE` */
export const diff = defineCommand({
  meta: { name: "diff", description: "Print what applying a file would change." },
  args: documentOptions,
  async run({ args }) {
    rejectUnknownArguments(args, documentOptions);
    const result = await askResult({ path: "/api/config/diff", body: await documentOf(args) });
    printChanges(result as Changes, { isJson: args.json === true, none: "Nothing would change." });
  },
});

/** `headgate config apply FILE` */
export const apply = defineCommand({
  meta: { name: "apply", description: "Make the settings what a file says." },
  args: documentOptions,
  async run({ args }) {
    rejectUnknownArguments(args, documentOptions);
    const result = (await askResult({ path: "/api/config/apply", body: await documentOf(args) })) as Changes;
    printChanges(result, { isJson: args.json === true, none: "Nothing changed." });
    if (args.json !== true && result.changes.length > 0) console.log(`Version ${result.version} is in use.`);
  },
});

/** `headgate config export` */
export const exportCommand = defineCommand({
  meta: { name: "export", description: "Print what was set through the API, in the form of headgate.yaml." },
  args: exportOptions,
  async run({ args }) {
    rejectUnknownArguments(args, exportOptions);
    const query = args.account === undefined ? "" : `?account=${encodeURIComponent(args.account)}`;
    process.stdout.write(await textOf({ path: `/api/config/export${query}` }));
  },
});

/** `headgate config history` */
export const history = defineCommand({
  meta: { name: "history", description: "Print who changed what, newest first." },
  args: historyOptions,
  async run({ args }) {
    rejectUnknownArguments(args, historyOptions);
    const limit = args.limit ?? "20";
    const versions = (await askResult({
      path: `/api/config/versions?limit=${encodeURIComponent(limit)}`,
    })) as readonly Version[];
    for (const version of versions) {
      if (args.json === true) console.log(JSON.stringify(version));
      else printVersion(version);
    }
    if (args.json !== true && versions.length === 0) console.log("Nothing has been changed yet.");
  },
});

/** `headgate config rollback VERSION` */
export const rollback = defineCommand({
  meta: { name: "rollback", description: "Make the settings what they were at a version." },
  args: rollbackOptions,
  async run({ args }) {
    rejectUnknownArguments(args, rollbackOptions);
    const { version = "" } = args;
    if (!/^\d{1,15}$/.test(version)) {
      throw new UsageError(
        `rollback takes the number of a version, got ${JSON.stringify(version)}; headgate config history lists them`,
      );
    }
    const isDryRun = args["dry-run"] === true;
    const body = { version: Number(version), dry_run: isDryRun };
    const result = (await askResult({ path: "/api/config/rollback", body })) as Changes;
    printChanges(result, { isJson: args.json === true, none: `Everything is as it was at version ${version}.` });
    if (args.json !== true && !isDryRun && result.changes.length > 0)
      console.log(`Version ${result.version} is in use.`);
  },
});

interface ChangeLine {
  readonly path: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

interface Changes {
  readonly version: number;
  readonly changes: readonly ChangeLine[];
}

interface Version extends Changes {
  readonly created_at: string;
  readonly actor: { readonly type: string; readonly id: string; readonly email: string | null };
}

async function documentOf(args: {
  readonly file?: string | undefined;
  readonly prune?: boolean | undefined;
}): Promise<object> {
  const { file: path } = args;
  if (path === undefined) throw new UsageError("name a file like headgate.yaml, or - for stdin");
  return { document: path === "-" ? await Bun.stdin.text() : await readText(path), prune: args.prune === true };
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${(error as Error).message}`);
  }
}

async function textOf(call: ManagementCall): Promise<string> {
  return new Response(await askManagement(await ownManagementApi(), call)).text();
}

function printChanges(result: Changes, { isJson, none }: { readonly isJson: boolean; readonly none: string }): void {
  if (isJson) console.log(JSON.stringify(result));
  else if (result.changes.length === 0) console.log(none);
  else for (const change of result.changes) console.log(changeText(change));
}

function printVersion({ version, created_at, actor, changes }: Version): void {
  console.log(`${version}  ${created_at}  ${printable(actor.email ?? `${actor.type} ${actor.id}`)}`);
  for (const change of changes) console.log(`  ${changeText(change)}`);
}

function changeText({ path, before, after }: ChangeLine): string {
  if (before === undefined) return `+ ${printable(path)}: ${shown(after)}`;
  if (after === undefined) return `- ${printable(path)}`;
  return `~ ${printable(path)}: ${shown(before)} -> ${shown(after)}`;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "null";
  return printable(text.length > 200 ? `${text.slice(0, 199)}…` : text);
}
