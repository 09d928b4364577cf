import { afterAll, beforeAll, expect } from "bun:test";
import type { BrowserContextOptions } from "playwright-core";
import { adminToken } from "../support/management-client.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { type Dashboard, journey, openDashboard } from "./open-dashboard.ts";
import { picturePath } from "./picture-path.ts";
import { seedLogs } from "./seed-logs.ts";
import { seriousFaults } from "./serious-faults.ts";

/** Pages by name, each with a text that is there once it is whole. */
const pages: readonly (readonly [name: string, path: string, text: string])[] = [
  ["overview", "/ui/overview?compare=true", "Models"],
  ["logs", "/ui/logs", "400 logs"],
  [
    "logs-live",
    "/ui/logs?live=true&filters=%5B%7B%22key%22%3A%22success%22%2C%22operator%22%3A%22eq%22%2C%22value%22%3A%5Btrue%5D%7D%5D",
    "Success is yes",
  ],
  ["logs-none", "/ui/logs?search=nothinglikethis", "No log matches"],
  ["log", "/ui/logs?log=FIRST", "Say hello"],
  ["first-steps", "/ui/start", "The first request"],
  ["playground", "/ui/playground", "The answer is shown here as it comes."],
  ["sign-in", "/ui/sign-in", "API token"],
];
const looks: readonly (readonly [name: string, options: BrowserContextOptions])[] = [
  ["light", { colorScheme: "light" }],
  ["dark", { colorScheme: "dark" }],
  ["360", { colorScheme: "light", viewport: { width: 360, height: 740 } }],
];

const directory = temporaryDirectory();
let dashboard: Dashboard | null;
let firstId = "";

beforeAll(async () => {
  const body = Buffer.from(JSON.stringify({ model: "m", messages: [{ role: "user", content: "Say hello" }] }));
  const idOf = await seedLogs(directory.path, { count: 400, spanMs: 3_600_000 }, () => ({
    request: body,
    response: body,
  }));
  firstId = idOf(0);
  dashboard = await openDashboard({ yaml: "{}\n", directory: directory.path });
}, 60_000);

afterAll(async () => {
  await dashboard?.[Symbol.asyncDispose]();
  directory[Symbol.dispose]();
});

const started = (): Dashboard => dashboard as Dashboard;

for (const [name, path, text] of pages) {
  for (const [look, options] of looks) {
    journey(`${name}, ${look}: everybody can use it, and nothing is wider than the screen`, async () => {
      const page = await started().open(path.replace("FIRST", firstId), adminToken, options);
      await page.getByText(text, { exact: false }).first().waitFor();
      await page.waitForTimeout(300);
      await page.screenshot({ path: picturePath(`${name}-${look}`) });
      expect(await seriousFaults(page)).toEqual([]);
      expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
      await page.context().close();
    });
  }
}

journey("the overview comes in at most 250 KB, compressed", async () => {
  const { gateway, open } = started();
  const page = await open("/ui/sign-in");
  const asked = new Set([`${gateway.url}/ui/overview`]);
  page.on("request", (request) => {
    if (/\.(js|css)$/.test(new URL(request.url()).pathname)) asked.add(request.url());
  });
  await page.goto(`${gateway.url}/ui/overview`);
  await page.getByText("Models").first().waitFor();
  const sizes = [...asked].map(async (url) => Bun.gzipSync(await (await fetch(url)).arrayBuffer()).length);
  const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  expect(sizes.length).toBeGreaterThan(3);
  expect(bytes).toBeLessThan(250_000);
});

journey("no page broke the policy, failed in a script, or asked anybody else", async () => {
  expect(started().complaints).toEqual([]);
});
