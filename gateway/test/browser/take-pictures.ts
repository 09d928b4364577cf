import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import type { NewLog } from "../../src/stores/ports/log-store.ts";
import { adminToken } from "../support/management-client.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { chatProvider } from "./chat-provider.ts";
import { type Dashboard, openDashboard } from "./open-dashboard.ts";
import { seedLogs } from "./seed-logs.ts";

// Takes the pictures of the README (`node scripts/pictures.mjs`): a gateway with a day of logs behind it, requests through it to an
// upstream of this machine, limits that some of them used up, and a browser that looks at it.

const folder = join(import.meta.dir, "../../../docs/pictures");
const maxBytes = 150_000;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** What is asked of whom, how often, how long it takes, and dollars for a million tokens in and out. */
const traffic = [
  { provider: "openai", model: "gpt-5-mini", share: 46, typicalMs: 820, price: [0.25, 2] },
  { provider: "anthropic", model: "claude-sonnet-4-5", share: 24, typicalMs: 1900, price: [3, 15] },
  { provider: "google-ai-studio", model: "gemini-2.5-flash", share: 16, typicalMs: 640, price: [0.3, 2.5] },
  { provider: "groq", model: "llama-3.3-70b-versatile", share: 9, typicalMs: 240, price: [0.59, 0.79] },
  { provider: "mistral", model: "mistral-small-latest", share: 5, typicalMs: 510, price: [0.1, 0.3] },
] as const;

const answer = [
  "A rate limit ",
  "counts requests in a window of time; ",
  "a budget counts money by the calendar. ",
  "The first protects a provider from bursts, ",
  "the second protects you from the invoice.\n\n",
  "Most teams want both: ",
  "a limit for each user, and a budget for each gateway.",
];
const longModel = "gpt-5-pro";
const conversation = [
  { role: "system", content: "You answer questions about the gateway in plain words." },
  { role: "user", content: "What is the difference between a rate limit and a budget, and which of both do I need?" },
];

using directory = temporaryDirectory();
await seedLogs(directory.path, { count: 16_000, spanMs: 2 * dayMs, placeOf: asInTwoDays }, logAt);
await using provider = chatProvider(answer, (model) => {
  const [prompt, completion] = model === longModel ? [9120, 1404] : [43, 58];
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
});
const dashboard = await openDashboard({ yaml: provider.yaml, directory: directory.path });
if (dashboard === null) throw new Error("there is no browser here; CHROMIUM names one");
try {
  await makeRules(dashboard);
  await sendRequests(dashboard);
  mkdirSync(folder, { recursive: true });
  await take(dashboard, "overview", async (page) => {
    await page.goto(`${dashboard.gateway.url}/ui/overview?compare=true`);
    await page.locator(".u-over").first().waitFor();
  });
  await take(dashboard, "log", async (page) => {
    await page.goto(`${dashboard.gateway.url}/ui/logs?range=24h`);
    await page.locator('[data-row="0"]').click();
    await page.getByRole("dialog").getByText("the second protects you").waitFor();
  });
  await take(dashboard, "limits", async (page) => {
    await page.goto(`${dashboard.gateway.url}/ui/limits`);
    await page
      .getByText(/spent, .* left/)
      .nth(2)
      .waitFor();
  });
} finally {
  await dashboard[Symbol.asyncDispose]();
}

/** Most in the middle of each day, and more on the second: at which share of the time that share of the requests has come. */
function asInTwoDays(share: number): number {
  return share ** 0.94 + 0.05 * Math.sin(4 * Math.PI * share);
}

/** The same figures at every run. */
function draw(index: number, salt: number): number {
  return Bun.hash.xxHash32(`${salt} ${index}`) / 2 ** 32;
}

function logAt(index: number): { readonly record: Partial<NewLog["record"]> } {
  let place = draw(index, 1) * 100;
  const kind = traffic.find(({ share }) => (place -= share) < 0) ?? traffic[0];
  const isHit = draw(index, 2) < 0.17;
  const hasFailed = !isHit && draw(index, 3) < 0.018;
  const durationMs = isHit ? 2 + draw(index, 4) * 4 : kind.typicalMs * (0.4 + 2.6 * draw(index, 4) ** 3);
  const [inputTokens, outputTokens] = [
    Math.round(200 + 3000 * draw(index, 5) ** 2),
    Math.round(40 + 700 * draw(index, 6)),
  ];
  const nanoUsd = Math.round(inputTokens * kind.price[0] * 1000 + outputTokens * kind.price[1] * 1000);
  const cost = { state: "priced", nanoUsd: isHit ? 0 : nanoUsd, priceVersion: "2026-09-23" } as const;
  return {
    record: {
      provider: kind.provider,
      model: kind.model,
      answerModel: kind.model,
      durationMs,
      timeToFirstByteMs: durationMs * (0.3 + 0.2 * draw(index, 7)),
      cacheStatus: isHit ? "HIT" : "MISS",
      userKey: `user:u${Math.floor(draw(index, 8) ** 2 * 400)}`,
      usage: hasFailed ? null : { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens },
      cost: isHit
        ? { ...cost, savedNanoUsd: nanoUsd }
        : hasFailed
          ? { state: "none", nanoUsd: null, priceVersion: null }
          : cost,
      ...(hasFailed ? { success: false, statusCode: draw(index, 9) < 0.6 ? 429 : 503 } : {}),
    },
  };
}

async function makeRules({ gateway: { ask } }: Dashboard): Promise<void> {
  const budgets = [
    { id: "everything", description: "All gateways together", limit: 200, period: "month" },
    {
      id: "research",
      description: "Told, nobody is refused",
      limit: 10,
      period: "day",
      hard: false,
      models: ["gpt-5-pro"],
    },
    {
      id: "each-person",
      description: "By the user in the metadata",
      limit: 25,
      period: "month",
      per: ["metadata.user"],
    },
  ];
  const limits = [
    { id: "at-once", description: "Open requests", metric: "concurrent", limit: 40, window: null },
    { id: "an-hour", description: "Requests of an hour", metric: "requests", limit: 90, window: 3600 },
    { id: "tokens-out", description: "What models may write", metric: "tokens_out", limit: 60_000, window: 3600 },
  ];
  for (const [kind, rules] of Object.entries({ budgets, limits })) {
    for (const rule of rules) {
      const { status, errors } = await ask("POST", `/api/accounts/default/${kind}`, { enabled: true, ...rule });
      if (status !== 200) throw new Error(JSON.stringify(errors));
    }
  }
  // Workers take the rules over within a second.
  await Bun.sleep(1500);
}

async function sendRequests({ gateway: { url } }: Dashboard): Promise<void> {
  for (let index = 0; index < 30; index += 1) {
    const response = await fetch(`${url}/v1/default/default/openai/chat/completions`, {
      method: "POST",
      headers: {
        authorization: "Bearer sk-of-the-upstream",
        "content-type": "application/json",
        "cf-aig-metadata": JSON.stringify({ user: `u${index % 5}` }),
      },
      body: JSON.stringify({
        model: index < 24 ? longModel : "gpt-5-mini",
        stream: true,
        max_completion_tokens: 2000,
        messages: conversation,
      }),
    });
    await response.text();
  }
  // The ledger takes them over.
  await Bun.sleep(1500);
}

async function take({ open }: Dashboard, name: string, prepare: (page: Page) => Promise<void>): Promise<void> {
  const page = await open("/ui/you", adminToken, { viewport: { width: 1280, height: 800 }, colorScheme: "light" });
  await prepare(page);
  await page.waitForTimeout(1000);
  const path = join(folder, `${name}.png`);
  await page.screenshot({ path });
  const sizeBytes = statSync(path).size;
  if (sizeBytes > maxBytes) throw new Error(`${path} has ${sizeBytes} bytes, at most ${maxBytes} are wanted`);
  console.log(`${path}: ${sizeBytes} bytes`);
  await page.context().close();
}
