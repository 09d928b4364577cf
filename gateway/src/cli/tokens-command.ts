import { type ArgsDef, defineCommand } from "citty";
import { askResult } from "./management-api.ts";
import { printable } from "./printable.ts";
import { timeOption } from "./time-option.ts";
import { rejectUnknownArguments, UsageError } from "./usage-error.ts";

const account = { type: "string", valueHint: "id", description: "Account in which it counts (all)." } as const;
const listOptions = {
  account,
  json: { type: "boolean", description: "Print the API's result as JSON." },
} as const satisfies ArgsDef;
const createOptions = {
  account,
  name: { type: "string", valueHint: "text", description: "What people call it." },
  group: { type: "string", valueHint: "names", description: "Permission groups, joined by commas (AI Gateway Run)." },
  gateway: { type: "string", valueHint: "ids", description: "Gateways it is bound to, joined by commas." },
  model: { type: "string", valueHint: "patterns", description: "Models it is bound to, joined by commas." },
  expires: { type: "string", valueHint: "time|90d", description: "When it counts no more, or after how long." },
} as const satisfies ArgsDef;
const revokeOptions = {
  account,
  id: { type: "positional", required: true, description: "Id of the token." },
} as const satisfies ArgsDef;

interface ShownToken {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly prefix: string;
  readonly last_four: string;
  readonly expires_on?: string;
  readonly policies: readonly { readonly permission_groups: readonly { readonly name: string }[] }[];
}

const list = defineCommand({
  meta: { name: "list", description: "Print tokens (what `headgate tokens` does)." },
  args: listOptions,
  async run({ args }) {
    rejectUnknownArguments(args, listOptions);
    for (let page = 1; ; page += 1) {
      const path = `${pathOf(args.account)}?per_page=100&page=${page}`;
      const tokens = (await askResult({ path })) as readonly ShownToken[];
      if (tokens.length === 0 && page === 1) console.error("There are no tokens; headgate tokens create makes one");
      if (tokens.length === 0) return;
      for (const token of tokens) console.log(args.json === true ? JSON.stringify(token) : tokenText(token));
    }
  },
});

const create = defineCommand({
  meta: { name: "create", description: "Make a token and print its text, this once." },
  args: createOptions,
  async run({ args }) {
    rejectUnknownArguments(args, createOptions);
    if (args.name === undefined) throw new UsageError("tokens create takes --name");
    const groups = listOf(args.group) ?? ["AI Gateway Run"];
    const body = {
      name: args.name,
      policies: [{ effect: "allow", permission_groups: groups.map((id) => ({ id })) }],
      gateway_ids: listOf(args.gateway),
      models: listOf(args.model),
      expires_on: args.expires === undefined ? null : timeText(args.expires),
    };
    const { value, ...token } = (await askResult({ path: pathOf(args.account), body })) as ShownToken & {
      value: string;
    };
    console.error(tokenText(token));
    console.log(value);
  },
});

const revoke = defineCommand({
  meta: { name: "revoke", description: "Take a token away; it counts no more at once." },
  args: revokeOptions,
  async run({ args }) {
    rejectUnknownArguments(args, revokeOptions);
    await askResult({ method: "DELETE", path: `${pathOf(args.account)}/${encodeURIComponent(args.id)}` });
    console.log(`${printable(args.id)} is revoked`);
  },
});

/** `headgate tokens`: what programs show to run and to manage gateways. */
export const tokensCommand = defineCommand({
  meta: { name: "tokens", description: "See, make and revoke API tokens of a running gateway." },
  // Here as well, so that the word behind an option is not taken for a subcommand.
  args: { ...listOptions, ...createOptions },
  default: "list",
  subCommands: { list, create, revoke },
});

function pathOf(accountId: string | undefined): string {
  if (accountId === undefined) return "/client/v4/user/tokens";
  return `/client/v4/accounts/${encodeURIComponent(accountId)}/tokens`;
}

function listOf(text: string | undefined): string[] | null {
  return text === undefined ? null : text.split(",").map((part) => part.trim());
}

/** A time, or how long from now. */
function timeText(text: string): string {
  const nowMs = Date.now();
  const timeMs = timeOption("expires", text, nowMs);
  return new Date(/^\d+[smhdw]$/.test(text) ? 2 * nowMs - timeMs : timeMs).toISOString();
}

function tokenText({
  id,
  name,
  status,
  prefix,
  last_four: lastFour,
  expires_on: expires,
  policies,
}: ShownToken): string {
  const groups = policies.flatMap((policy) => policy.permission_groups.map((group) => group.name));
  const until = expires === undefined ? "" : `  until ${expires}`;
  return printable(`${id}  ${name}  ${prefix}…${lastFour}  ${groups.join(", ")}  ${status}${until}`);
}
