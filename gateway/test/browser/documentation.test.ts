import { afterAll, beforeAll, expect } from "bun:test";
import type { BrowserContextOptions } from "playwright-core";
import { type Dashboard, journey, openDashboard } from "./open-dashboard.ts";
import { picturePath } from "./picture-path.ts";
import { seriousFaults } from "./serious-faults.ts";

const paths = ["/docs", "/docs/architecture", "/docs/guides/cache-answers", "/docs/reference/headers", "/docs/api"];
const looks: readonly (readonly [name: string, options: BrowserContextOptions])[] = [
  ["light", { colorScheme: "light" }],
  ["dark", { colorScheme: "dark" }],
  ["360", { colorScheme: "light", viewport: { width: 360, height: 740 } }],
];

let dashboard: Dashboard | null;
beforeAll(async () => {
  dashboard = await openDashboard({ environment: { HEADGATE_WORKERS: "0" } });
}, 60_000);
afterAll(async () => dashboard?.[Symbol.asyncDispose]());

const started = (): Dashboard => dashboard as Dashboard;

for (const [look, options] of looks) {
  journey(
    `pages of the documentation, ${look}: everybody can read them, and none is wider than the screen`,
    async () => {
      const page = await started().open("/docs", null, options);
      const faults: string[] = [];
      for (const path of paths) {
        await page.goto(started().gateway.url + path);
        await page.screenshot({ path: picturePath(`docs${path.slice(5).replaceAll("/", "-")}-${look}`) });
        faults.push(...(await seriousFaults(page)).map((fault) => `${path} ${fault}`));
        const excess = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
        if (Number(excess) > 0) faults.push(`${path} is ${String(excess)} pixels wider than the screen`);
      }
      expect(faults).toEqual([]);
      await page.context().close();
    },
  );
}

journey("a link in the list of pages and one in the text lead on, and pictures are shown", async () => {
  const page = await started().open("/docs", null);
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Architecture" }).click();
  const picture = page.getByRole("img").first();
  await picture.waitFor();
  expect(
    await picture.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth),
  ).toBeGreaterThan(0);
  await page.getByRole("link", { name: "error of the catalogue" }).click();
  await page.getByRole("heading", { level: 1, name: "Errors" }).waitFor();
  expect(started().complaints).toEqual([]);
  await page.context().close();
});
