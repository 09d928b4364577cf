import { afterAll, beforeAll, expect } from "bun:test";
import { type Dashboard, journey, openDashboard } from "./open-dashboard.ts";

const answer = {
  id: "c1",
  object: "chat.completion",
  model: "llama-4",
  choices: [{ index: 0, message: { role: "assistant", content: "The Rhine." }, finish_reason: "stop" }],
  usage: { prompt_tokens: 5, completion_tokens: 3, total_tokens: 8 },
};

/** Credentials of requests that reached the provider, in order. */
const seen: (string | null)[] = [];
let failures = 0;
/** The credential that the provider does not accept. */
let refused: string | null = null;
let upstream: Bun.Server<undefined>;
let dashboard: Dashboard | null;
beforeAll(async () => {
  upstream = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch({ headers }) {
      seen.push(headers.get("authorization"));
      if (refused !== null && seen.at(-1) === refused) return Response.json({ error: "revoked" }, { status: 401 });
      failures -= 1;
      return failures >= 0 ? Response.json({ error: { message: "busy" } }, { status: 503 }) : Response.json(answer);
    },
  });
  const yaml = `network: { allow_private: [127.0.0.1], allow_http: true }
accounts:
  default:
    gateways:
      default: { authentication: false }
      fixed: { retry_max_attempts: 3 }
    providers:
      custom-lab: { base_url: "http://127.0.0.1:${upstream.port}/v1", dialect: openai-chat }
`;
  dashboard = await openDashboard({ yaml, environment: { HEADGATE_WORKERS: "1" } });
}, 60_000);
afterAll(async () => {
  await dashboard?.[Symbol.asyncDispose]();
  await upstream.stop(true);
});

const started = (): Dashboard => dashboard as Dashboard;

function chat(gateway: string, token: string | null = null, provider = "custom-lab"): Promise<Response> {
  return fetch(`${started().gateway.url}/v1/default/${gateway}/${provider}/chat/completions`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      connection: "close",
      ...(token === null ? {} : { "cf-aig-authorization": `Bearer ${token}` }),
    },
    body: JSON.stringify({ model: "llama-4", messages: [{ role: "user", content: "Name a river." }] }),
  });
}

/** Asks until `holds`; fails after five seconds. */
async function soon(holds: () => Promise<boolean>): Promise<void> {
  const deadlineMs = performance.now() + 5000;
  while (!(await holds())) {
    if (performance.now() > deadlineMs) throw new Error("waited five seconds in vain");
    await Bun.sleep(50);
  }
}

journey("a gateway is made, one of its settings is raised, and a request holds to it", async () => {
  const page = await started().open("/ui/gateways");
  await page.getByRole("button", { name: "Create gateway" }).click();
  await page.getByLabel("Name", { exact: true }).fill("shop");
  await page.getByRole("switch", { name: "Requests need a token" }).click();
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await page.waitForURL("**/ui/gateways/shop/settings");
  await soon(async () => (await chat("shop")).status === 200);
  failures = 2;
  expect((await chat("shop")).status).toBe(503);

  const tries = page.getByLabel("Total tries");
  await tries.fill("9");
  expect(await page.getByText("Expected 1 to 5").count()).toBe(1);
  expect(await page.getByRole("button", { name: "Review and save" }).isDisabled()).toBe(true);
  await tries.fill("3");
  await page.getByRole("button", { name: "Review and save" }).click();
  const review = page.getByRole("dialog");
  expect(await review.innerText()).toContain("retry_max_attempts");
  await review.getByRole("button", { name: "Save", exact: true }).click();
  await review.waitFor({ state: "detached" });
  await soon(async () => {
    failures = 2;
    return (await chat("shop")).status === 200;
  });
  await page.getByRole("link", { name: "History" }).last().click();
  await page.getByText("retry_max_attempts").first().waitFor();
  await page.context().close();
});

journey("what the configuration file manages is shown and cannot be changed", async () => {
  const page = await started().open("/ui/gateways/fixed/settings");
  await page.getByText("headgate.yaml").first().waitFor();
  expect(await page.getByLabel("Total tries").inputValue()).toBe("3");
  expect(await page.getByLabel("Total tries").isDisabled()).toBe(true);
  expect(await page.getByRole("button", { name: "Delete gateway" }).count()).toBe(0);
  await page.context().close();
});

journey("a key is stored and requests are sent with it; it is never shown again", async () => {
  failures = 0;
  const page = await started().open("/ui/gateways/shop/keys");
  await page.getByRole("button", { name: "Add key" }).click();
  await page.getByLabel("Provider", { exact: true }).fill("custom-lab");
  await page.getByLabel("Key", { exact: true }).fill("key-of-the-laboratory-4711");
  await page.getByRole("button", { name: "Store key" }).click();
  await page.getByRole("cell", { name: "custom-lab", exact: true }).waitFor();
  expect(await page.content()).not.toContain("key-of-the-laboratory");
  await soon(async () => {
    await chat("shop");
    return seen.at(-1) === "Bearer key-of-the-laboratory-4711";
  });
  expect(await page.getByText("rests until").count()).toBe(0);
  // Once the provider refuses it, the page says so, since when and until when.
  refused = "Bearer key-of-the-laboratory-4711";
  await chat("shop");
  await page.getByText(/rests until/).waitFor();
  await page.getByText(/did not accept it \(401\).*failing since .*, in one worker/).waitFor();
  const { result } = await started().gateway.ask("GET", "/api/accounts/default/resting-keys?gateway_id=shop");
  expect(result).toMatchObject([{ provider_slug: "custom-lab", alias: "default", reason: "refused", workers: ["w0"] }]);
  expect(Date.parse(result[0].until) - Date.parse(result[0].since)).toBeWithin(59_000, 62_000);
  expect((await started().gateway.ask("GET", "/api/accounts/default/resting-keys?gateway_id=other")).result).toEqual(
    [],
  );
  refused = null;
  await chat("shop");
  await page.getByText("rests until").waitFor({ state: "detached" });
  await page.context().close();
});

journey("a token is made and shown once, lets in, and is revoked", async () => {
  const { ask } = started().gateway;
  await ask("PUT", "/accounts/default/ai-gateway/gateways/shop", {
    cache_invalidate_on_update: true,
    cache_ttl: null,
    collect_logs: true,
    rate_limiting_interval: null,
    rate_limiting_limit: null,
    authentication: true,
  });
  const page = await started().open("/ui/tokens");
  await page.getByRole("button", { name: "Create token" }).click();
  await page.getByLabel("Name", { exact: true }).fill("till");
  await page.getByRole("button", { name: "Create token" }).last().click();
  const token = await page.getByLabel("Token", { exact: true }).innerText();
  await page.getByRole("button", { name: "I have it" }).click();
  await soon(async () => (await chat("shop")).status === 401);
  await soon(async () => (await chat("shop", token)).status === 200);
  expect(await page.content()).not.toContain(token);

  await page.getByRole("button", { name: "Revoke till" }).click();
  await page.getByRole("button", { name: "Revoke token" }).click();
  await page.getByText("There is no token yet").waitFor();
  await soon(async () => (await chat("shop", token)).status === 401);
  await page.goto(`${started().gateway.url}/ui/audit`);
  await page.getByText("API token deleted").first().waitFor();
  await page.context().close();
});

journey("a provider is made and tried, its model is priced, and the next request has a cost", async () => {
  const { ask, url } = started().gateway;
  const page = await started().open("/ui/providers");
  await page.getByRole("button", { name: "Add provider" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Our GPUs");
  await page.getByLabel("Slug", { exact: true }).fill("gpu");
  await page.getByLabel("Base URL", { exact: true }).fill("ftp://127.0.0.1/v1");
  await page.getByRole("button", { name: "Add provider" }).last().click();
  // The server's own words stand at the field.
  expect(await page.getByText(/https/).count()).toBeGreaterThan(0);
  await page.getByLabel("Base URL", { exact: true }).fill(`http://127.0.0.1:${upstream.port}/v1`);
  await page.getByRole("button", { name: "Add provider" }).last().click();
  await page.getByRole("button", { name: "Test Our GPUs" }).click();
  const trial = page.getByRole("dialog");
  await soon(async () => {
    await trial.getByRole("button", { name: "Send" }).click();
    return (await trial.innerText()).includes("It answers.");
  });
  const chatWithGpu = () => chat("default", null, "custom-gpu");
  expect((await chatWithGpu()).status).toBe(200);
  await soon(async () => JSON.stringify((await ask("GET", "/api/prices/unpriced")).result).includes("custom-gpu"));

  await page.goto(`${url}/ui/prices`);
  const row = page.getByRole("row").filter({ hasText: "custom-gpu" }).filter({ hasText: "llama-4" });
  await row.getByRole("button", { name: "Set a price for llama-4" }).click();
  await page.getByLabel("A million tokens in", { exact: true }).fill("1000");
  await page.getByRole("dialog").getByRole("button", { name: "Set price" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  const filters = encodeURIComponent(JSON.stringify([{ key: "provider", operator: "eq", value: ["custom-gpu"] }]));
  await soon(async () => {
    await chatWithGpu();
    const { result } = await ask("GET", `/accounts/default/ai-gateway/gateways/default/logs?filters=${filters}`);
    return (result as { cost: number }[])[0]?.cost === 0.005;
  });

  // Withdrawn, nothing is known of it again; what was paid stays.
  await page.getByRole("button", { name: "Withdraw the price of llama-4" }).click();
  await page.getByRole("button", { name: "Withdraw price" }).click();
  await page.getByText("withdrawn").waitFor();
  expect(await page.getByRole("button", { name: /Withdraw the price/ }).count()).toBe(0);
  const asked = "/api/prices?provider=custom-gpu&model=llama-4";
  await soon(async () => (await ask("GET", asked)).result?.prices === undefined);
  await page.getByRole("button", { name: "Change the price of llama-4" }).last().click();
  await page.getByRole("dialog").getByRole("button", { name: "Set price" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.context().close();
});

journey("a spend limit is set, and a request that goes beyond it is refused", async () => {
  const page = await started().open("/ui/gateways/default/settings");
  // The gateway of the file cannot be changed; one beside it can.
  expect(await page.getByRole("button", { name: "Add spend limit" }).count()).toBe(0);
  await page.goto(`${started().gateway.url}/ui/gateways/shop/settings`);
  await page.getByRole("button", { name: "Add spend limit" }).click();
  await page.getByLabel("US dollars", { exact: true }).fill("0.001");
  await page.getByRole("switch", { name: "Requests need a token" }).click();
  await page.getByRole("button", { name: "Review and save" }).click();
  const review = page.getByRole("dialog");
  expect(await review.innerText()).toContain("spend_limits");
  await review.getByRole("button", { name: "Save", exact: true }).click();
  await review.waitFor({ state: "detached" });
  await soon(async () => (await chat("shop", null, "custom-gpu")).status === 429);
  await page.context().close();
});

journey("a cache rule is refused with the reason beside it, put right, and the next answer is a hit", async () => {
  const page = await started().open("/ui/gateways/shop/settings");
  await page.getByRole("button", { name: "Add cache rule" }).click();
  const rule = page.getByRole("group", { name: "Cache rule 1" });
  const save = async (): Promise<void> => {
    await page.getByRole("button", { name: "Review and save" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
  };
  await rule.getByLabel("When (CEL)").fill("model ==");
  await save();
  await page.getByText("Unexpected token").waitFor();
  await rule.getByLabel("When (CEL)").fill('model == "llama-4"');
  await rule.getByLabel("Answers are kept (seconds)").fill("60");
  await save();
  await page.getByText("changed, not saved").waitFor({ state: "detached" });
  await soon(async () => (await chat("shop")).headers.get("cf-aig-cache-status") === "HIT");
  await page.context().close();
});

journey(
  "a budget is set, a dry run tells that it has no room, and its bar shows what is spent once it has",
  async () => {
    const page = await started().open("/ui/limits");
    await page.getByRole("button", { name: "Add budget" }).click();
    await page.getByLabel("Name", { exact: true }).fill("month");
    await page.getByLabel("US dollars", { exact: true }).fill("0.001");
    await page.getByText("Which requests count").click();
    await page.getByLabel("Providers", { exact: true }).fill("custom-gpu");
    await page.getByRole("dialog").getByRole("button", { name: "Add budget" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.getByLabel("Provider", { exact: true }).fill("custom-gpu");
    await page.getByLabel("Cost (US dollars)").fill("0.005");
    await page.getByRole("button", { name: "Ask", exact: true }).click();
    await page.getByText("It would be refused.").waitFor();
    await soon(async () => (await chat("default", null, "custom-gpu")).status === 429);

    await page.getByRole("button", { name: "Change month" }).click();
    await page.getByLabel("US dollars", { exact: true }).fill("100");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await soon(async () => (await chat("default", null, "custom-gpu")).status === 200);
    await soon(async () => {
      await page.reload();
      await page
        .getByText(/spent, .* of \$100\.00 left/)
        .first()
        .waitFor();
      return !(await page.content()).includes("$0.00 spent");
    });
    await page.context().close();
  },
);

journey(
  "a limit is split by an expression and counts some metadata alone, and a token is held to a budget",
  async () => {
    const { ask, url } = started().gateway;
    const page = await started().open("/ui/limits");
    await page.getByRole("button", { name: "Add limit" }).click();
    await page.getByLabel("Name", { exact: true }).fill("teams");
    await page.getByLabel("At most", { exact: true }).fill("1");
    await page.getByText("Which requests count").click();
    await page.getByLabel("Metadata", { exact: true }).fill("team: blue, red\nenv");
    await page.getByText("Expected a key, a colon and values").waitFor();
    await page.getByLabel("Metadata", { exact: true }).fill("team: blue, red");
    await page.getByLabel("Or each value of this (CEL)").fill('metadata["team"]');
    await page.getByRole("dialog").getByRole("button", { name: "Add limit" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    const { result } = await ask("GET", "/api/accounts/default/limits/teams");
    expect(result).toMatchObject({ metadata: { team: ["blue", "red"] }, key: 'metadata["team"]' });

    await page.goto(`${url}/ui/tokens`);
    await page.getByRole("button", { name: "Create token" }).click();
    await page.getByLabel("Name", { exact: true }).fill("spender");
    await page.getByText("Gateways, models, budget, addresses and times").click();
    await page.getByLabel("Budget", { exact: true }).selectOption("month");
    await page.getByRole("button", { name: "Create token" }).last().click();
    await page.getByRole("button", { name: "I have it" }).click();
    const tokens = await ask("GET", "/accounts/default/tokens");
    expect(tokens.result).toMatchObject([{ name: "spender", budget: "month" }]);
    await page.getByRole("button", { name: "Revoke spender" }).click();
    await page.getByRole("button", { name: "Revoke token" }).click();
    await page.getByText("There is no token yet").waitFor();

    await page.goto(`${url}/ui/secrets`);
    await page.getByRole("button", { name: "Add secret" }).click();
    await page.getByLabel("Name", { exact: true }).fill("crawler");
    await page.getByLabel("Value", { exact: true }).fill("found-nowhere");
    await page.getByRole("checkbox", { name: "websearch" }).check();
    await page.getByRole("dialog").getByRole("button", { name: "Add secret" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.getByRole("cell", { name: "ai_gateway, websearch" }).waitFor();
    await page.context().close();
  },
);

journey("a gateway is deleted once its name is typed, and a look at the history brings it back", async () => {
  const { url } = started().gateway;
  const page = await started().open("/ui/gateways/shop/settings");
  await page.getByRole("button", { name: "Delete gateway" }).click();
  const dialog = page.getByRole("dialog");
  expect(await dialog.getByRole("button", { name: "Delete gateway" }).isDisabled()).toBe(true);
  await dialog.getByLabel("Type shop to go on").fill("shop");
  await dialog.getByRole("button", { name: "Delete gateway" }).click();
  await page.waitForURL("**/ui/gateways");
  await soon(async () => (await chat("shop")).status === 400);

  await page.goto(`${url}/ui/history`);
  await page.getByRole("button", { name: "Undo this and later ones" }).first().click();
  await dialog.getByText("gateways.shop").first().waitFor();
  await dialog.getByRole("button", { name: "Go back" }).click();
  await dialog.waitFor({ state: "detached" });
  await soon(async () => (await chat("shop")).status === 200);
  await page.context().close();
});

journey("a viewer signs in with a password, sees settings, and can change nothing", async () => {
  const { ask, url } = started().gateway;
  const password = "rivers-run-to-the-sea-9";
  const made = await ask("POST", "/api/users", { email: "viewer@example.com", password, roles: { default: "viewer" } });
  expect(made.status).toBe(200);
  const page = await started().open("/ui/sign-in", null);
  await page.getByRole("button", { name: "E-mail and password" }).click();
  await page.getByLabel("E-mail", { exact: true }).fill("viewer@example.com");
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("navigation", { name: "Pages" }).waitFor();
  expect(await page.getByRole("link", { name: "API tokens" }).count()).toBe(0);

  await page.goto(`${url}/ui/gateways/shop/settings`);
  expect(await page.getByLabel("Total tries").isDisabled()).toBe(true);
  expect(await page.getByRole("button", { name: "Delete gateway" }).count()).toBe(0);
  await page.goto(`${url}/ui/gateways/shop/keys`);
  await page.getByText("No key is stored").waitFor();
  expect(await page.getByRole("button", { name: "Add key" }).count()).toBe(0);
  // Who goes to a page all the same is told why it stays empty.
  await page.goto(`${url}/ui/tokens`);
  await page.getByText("You may not see or do this").waitFor();
  const status = await page.evaluate(async () => {
    const csrf = sessionStorage.getItem("headgate.csrf") ?? "";
    const path = "/client/v4/accounts/default/ai-gateway/gateways/shop";
    return (await fetch(path, { method: "DELETE", headers: { "x-csrf-token": csrf } })).status;
  });
  expect(status).toBe(403);

  // They see where they are signed in, and whoever manages people signs them out there.
  await page.goto(`${url}/ui/you`);
  await page.getByRole("cell", { name: /this one/ }).waitFor();
  const manager = await started().open("/ui/members");
  await manager.getByRole("button", { name: "Sign out viewer@example.com at 127.0.0.1" }).click();
  await manager.getByRole("button", { name: "Sign out there" }).click();
  await manager.getByText("Nobody is signed in").waitFor();
  await page.reload();
  await page.getByRole("heading", { name: "Headgate" }).waitFor();
  await page.getByLabel("API token", { exact: true }).waitFor();
  await manager.context().close();
  await page.context().close();
});

journey("no page had an error of its own or broke the Content-Security-Policy", async () => {
  expect(started().complaints).toEqual([]);
});
