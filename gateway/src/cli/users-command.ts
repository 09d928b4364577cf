import { type ArgsDef, defineCommand } from "citty";
import { askResult } from "./management-api.ts";
import { printable } from "./printable.ts";
import { readPassword } from "./read-password.ts";
import { rejectUnknownArguments, UsageError } from "./usage-error.ts";

const email = { type: "string", valueHint: "address", description: "E-mail address of the person." } as const;
const listOptions = {
  json: { type: "boolean", description: "Print the API's result as JSON." },
} as const satisfies ArgsDef;
const emailOptions = { email } as const satisfies ArgsDef;
const addOptions = {
  email,
  role: { type: "string", valueHint: "name", description: "owner, admin, developer, viewer or billing." },
  account: { type: "string", valueHint: "id", description: "Account in which they have it (all)." },
  name: { type: "string", valueHint: "text", description: "What people call them." },
  password: { type: "boolean", default: true, description: "Ask for a password, or read it from stdin." },
} as const satisfies ArgsDef;

interface ShownUser {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly roles: Readonly<Record<string, string>>;
  readonly status: string;
}

const list = defineCommand({
  meta: { name: "list", description: "Print who may sign in (what `headgate users` does)." },
  args: listOptions,
  async run({ args }) {
    rejectUnknownArguments(args, listOptions);
    for (let page = 1; ; page += 1) {
      const users = (await askResult({ path: `/api/users?per_page=100&page=${page}` })) as readonly ShownUser[];
      if (users.length === 0 && page === 1) console.error("There are no people yet; headgate users add adds one");
      if (users.length === 0) return;
      for (const user of users) console.log(args.json === true ? JSON.stringify(user) : userText(user));
    }
  },
});

const add = defineCommand({
  meta: { name: "add", description: "Let a person sign in." },
  args: addOptions,
  async run({ args }) {
    rejectUnknownArguments(args, addOptions);
    const { role, account = "*", name = "" } = args;
    if (role === undefined) throw new UsageError("users add takes --role");
    const address = required(args.email);
    const password = args.password ? { password: await readPassword() } : {};
    const body = { email: address, name, roles: { [account]: role }, ...password };
    console.log(userText((await askResult({ path: "/api/users", body })) as ShownUser));
  },
});

const password = defineCommand({
  meta: { name: "password", description: "Give a person another password, and sign them out everywhere." },
  args: emailOptions,
  async run({ args }) {
    rejectUnknownArguments(args, emailOptions);
    const { id } = await findUser(required(args.email));
    const body = { password: await readPassword() };
    console.log(userText((await askResult({ method: "PATCH", path: `/api/users/${id}`, body })) as ShownUser));
  },
});

const remove = defineCommand({
  meta: { name: "remove", description: "Let a person sign in no more." },
  args: emailOptions,
  async run({ args }) {
    rejectUnknownArguments(args, emailOptions);
    const user = await findUser(required(args.email));
    await askResult({ method: "DELETE", path: `/api/users/${user.id}` });
    console.log(`${printable(user.email)} is removed`);
  },
});

/** `headgate users`: who may sign in, and with which role. */
export const usersCommand = defineCommand({
  meta: { name: "users", description: "See, add and remove people of a running gateway." },
  // Here as well, so that the word behind an option is not taken for a subcommand.
  args: { ...listOptions, ...addOptions },
  default: "list",
  subCommands: { list, add, password, remove },
});

function required(address: string | undefined): string {
  if (address === undefined) throw new UsageError("users takes --email");
  return address;
}

async function findUser(address: string): Promise<ShownUser> {
  const query = new URLSearchParams({ email: address });
  const [found] = (await askResult({ path: `/api/users?${query}` })) as readonly ShownUser[];
  if (found === undefined) throw new UsageError(`There is nobody with the address ${JSON.stringify(address)}`);
  return found;
}

function userText({ id, email: address, name, roles, status }: ShownUser): string {
  const held = Object.entries(roles).map(
    ([account, role]) => `${role} in ${account === "*" ? "all accounts" : account}`,
  );
  const called = name === "" ? "" : `  ${name}`;
  return printable(
    `${id}  ${address}${called}  ${held.join(", ") || "no role"}${status === "active" ? "" : `  ${status}`}`,
  );
}
