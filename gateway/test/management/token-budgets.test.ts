import { afterAll, beforeAll, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ChatUpstream, startChatUpstream } from "../support/chat-upstream.ts";
import { type ManagedGateway, startManagedGateway } from "../support/management-client.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const budgetsPath = "/api/accounts/default/budgets";
const tokensPath = "/accounts/default/tokens";
const policies = [{ effect: "allow", permission_groups: [{ id: "AI Gateway Run" }] }];
const filed = "budgets: { filed: { limit: 0.2, tokens: assigned } }";

const directory = temporaryDirectory();
let upstream: ChatUpstream;
let gateway: ManagedGateway;

const yaml = (budgets: string): string =>
  [
    `providers: { openai: { base_url: "${upstream.url}/v1" } }`,
    `accounts: { default: { gateways: { default: { authentication: true } }, ${budgets} } }`,
  ].join("\n");

beforeAll(async () => {
  upstream = startChatUpstream();
  gateway = await startManagedGateway({
    directory: directory.path,
    yaml: yaml(filed),
    environment: { HEADGATE_WORKERS: "1", HEADGATE_DATA: join(directory.path, "data") },
  });
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  upstream[Symbol.dispose]();
  directory[Symbol.dispose]();
});

interface MadeToken {
  readonly id: string;
  readonly value: string;
}

async function tokenFor(budget: string | null): Promise<MadeToken> {
  const made = await gateway.ask("POST", tokensPath, { name: `of ${budget}`, policies, budget });
  expect([made.status, made.result?.budget]).toEqual([200, budget]);
  return made.result as MadeToken;
}

async function statusWith({ value }: MadeToken): Promise<number> {
  const response = await fetch(`${gateway.url}/v1/default/default/openai/chat/completions`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "cf-aig-authorization": `Bearer ${value}`,
      authorization: "Bearer sk-test",
      "cf-aig-custom-cost": '{"total_cost":0.1}',
    },
    body: JSON.stringify({ model: "gpt-4o-mini", messages: [{ role: "user", content: "Hi" }] }),
  });
  await response.arrayBuffer();
  return response.status;
}

/** Statuses of so many requests, from when the workers know the token. */
async function statusesWith(token: MadeToken, count: number): Promise<number[]> {
  const statuses = [];
  for (let tries = 0; statuses.length < count && tries < 200; tries += 1) {
    const status = await statusWith(token);
    if (status === 401) await Bun.sleep(20);
    else statuses.push(status);
  }
  return statuses;
}

test("a token is held to the budget it names, of the API or of the file, and no other token is", async () => {
  const made = await gateway.ask("POST", budgetsPath, { id: "own", limit: 0.2, tokens: "assigned" });
  expect(made.status).toBe(200);
  const [ofApi, ofFile, free] = [await tokenFor("own"), await tokenFor("filed"), await tokenFor(null)];
  expect(await statusesWith(ofApi, 3)).toEqual([200, 200, 429]);
  expect(await statusesWith(ofFile, 3)).toEqual([200, 200, 429]);
  expect(await statusesWith(free, 4)).toEqual([200, 200, 200, 200]);
  const { result } = await gateway.ask("GET", `${budgetsPath}/own/usage`);
  expect(result).toMatchObject({ used: 0.2, left: 0 });
  // Bound to another one it is held to that one.
  const bound = await gateway.ask("PUT", `${tokensPath}/${free.id}`, { name: "bound", policies, budget: "own" });
  expect(bound.result.budget).toBe("own");
  for (let tries = 0; tries < 200 && (await statusWith(free)) !== 429; tries += 1) await Bun.sleep(20);
  expect(await statusWith(free)).toBe(429);
});

test("a budget that there is not is refused with its path, and nothing is kept", async () => {
  const before = (await gateway.ask("GET", tokensPath)).result;
  const made = await gateway.ask("POST", tokensPath, { name: "x", policies, budget: "nope" });
  expect([made.status, made.errors]).toEqual([
    400,
    [{ code: 7001, message: 'There is no budget "nope" in account default', path: ["body", "budget"] }],
  ]);
  const changed = await gateway.ask("PUT", `${tokensPath}/${before[0].id}`, { name: "x", policies, budget: "nope" });
  expect([changed.status, changed.errors[0]?.path]).toEqual([400, ["body", "budget"]]);
  const installation = await gateway.ask("POST", "/user/tokens", { name: "x", policies, budget: "nope" });
  expect([installation.status, installation.errors[0]?.message]).toEqual([
    400,
    'There is no budget "nope" in any account',
  ]);
  expect((await gateway.ask("GET", tokensPath)).result).toEqual(before);
});

test("a budget that tokens name cannot be removed by the API, a document or the file", async () => {
  const tokens = (await gateway.ask("GET", tokensPath)).result as readonly { id: string; budget: string | null }[];
  const named = 'The budget own is named by the API token "';
  const removed = await gateway.ask("DELETE", `${budgetsPath}/own`);
  expect([removed.status, removed.errors[0]?.message]).toEqual([409, expect.stringContaining(named)]);
  const document = "accounts: { default: {} }";
  const applied = await gateway.ask("POST", "/api/config/apply", { document, prune: true });
  expect([applied.status, applied.errors[0]?.message]).toEqual([409, expect.stringContaining(named)]);
  expect((await gateway.ask("GET", `${budgetsPath}/own`)).status).toBe(200);

  const file = join(directory.path, "headgate.yaml");
  writeFileSync(file, yaml("budgets: {}"));
  await gateway.headgate.until(() => gateway.headgate.logged("config_refused").length > 0);
  const [{ problem } = {}] = gateway.headgate.logged("config_refused");
  expect(problem).toContain('The budget filed is named by the API token "of filed"');
  expect((await gateway.ask("GET", `${budgetsPath}/filed`)).status).toBe(200);

  for (const { id } of tokens.filter(({ budget }) => budget !== null)) {
    expect((await gateway.ask("PUT", `${tokensPath}/${id}`, { name: "freed", policies, budget: null })).status).toBe(
      200,
    );
  }
  expect((await gateway.ask("DELETE", `${budgetsPath}/own`)).status).toBe(200);
  writeFileSync(file, `${yaml("budgets: {}")}\n`);
  await gateway.headgate.until(() => gateway.headgate.logged("config_taken").length > 0);
  expect((await gateway.ask("GET", `${budgetsPath}/filed`)).status).toBe(404);
});
