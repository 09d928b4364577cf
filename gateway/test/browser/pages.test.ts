import { afterAll, beforeAll, expect } from "bun:test";
import type { Page } from "playwright-core";
import { picturePath } from "./picture-path.ts";
import { seriousFaults } from "./serious-faults.ts";
import { type Dashboard, journey, openDashboard } from "./open-dashboard.ts";

/** Every page that needs nothing but an installation. */
const paths = [
  "/ui/gateways",
  "/ui/gateways/default/settings",
  "/ui/gateways/default/keys",
  "/ui/gateways/default/domains",
  "/ui/gateways/default/history",
  "/ui/history",
  "/ui/tokens",
  "/ui/members",
  "/ui/audit",
  "/ui/you",
  "/ui/limits",
  "/ui/providers",
  "/ui/secrets",
  "/ui/prices",
  "/ui/accounts",
  "/ui/system",
];

let dashboard: Dashboard | null;
beforeAll(async () => {
  const yaml = "accounts: { default: { gateways: { fixed: { retry_max_attempts: 3 } } } }\n";
  dashboard = await openDashboard({ yaml, environment: { HEADGATE_WORKERS: "1" } });
  await dashboard?.gateway.ask("PUT", "/accounts/default/ai-gateway/gateways/default", {
    cache_invalidate_on_update: true,
    cache_ttl: null,
    collect_logs: true,
    rate_limiting_interval: null,
    rate_limiting_limit: null,
  });
}, 60_000);
afterAll(async () => dashboard?.[Symbol.asyncDispose]());

const started = (): Dashboard => dashboard as Dashboard;

/** Where the picture of a page is put. */
function pictureOf(path: string, look: string): string {
  return picturePath(`${path.replace("/ui/", "").replaceAll("/", "-")}-${look}`);
}

/** Goes to a page and waits until nothing is on its way any more. */
async function show(page: Page, path: string): Promise<void> {
  await page.goto(started().gateway.url + path);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.locator(".animate-pulse").first().waitFor({ state: "detached" });
}

for (const colorScheme of ["light", "dark"] as const) {
  journey(`every page can be read and used by everybody, ${colorScheme}`, async () => {
    const page = await started().open("/ui/gateways");
    await page.emulateMedia({ colorScheme });
    const faults: string[] = [];
    for (const path of paths) {
      await show(page, path);
      await page.screenshot({ path: pictureOf(path, colorScheme), fullPage: true });
      faults.push(...(await seriousFaults(page)).map((fault) => `${path} ${fault}`));
    }
    expect(faults).toEqual([]);
    await page.context().close();
  });
}

journey("no page is wider than a screen of 360 pixels, and none has an alert", async () => {
  const page = await started().open("/ui/gateways");
  await page.setViewportSize({ width: 360, height: 740 });
  for (const path of paths) {
    await show(page, path);
    await page.screenshot({ path: pictureOf(path, "360"), fullPage: true });
    expect([path, await page.evaluate("document.documentElement.scrollWidth")]).toEqual([path, 360]);
    expect([path, await page.getByRole("alert").count()]).toEqual([path, 0]);
  }
  await page.context().close();
});

journey("windows hold the keyboard, close with Escape and give it back", async () => {
  const page = await started().open("/ui/tokens");
  const opener = page.getByRole("button", { name: "Create token" });
  await opener.focus();
  await page.keyboard.press("Enter");
  await page.getByLabel("Name", { exact: true }).waitFor();
  expect(await seriousFaults(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  expect(await opener.evaluate((element) => element === element.ownerDocument.activeElement)).toBe(true);
  await page.context().close();
});

journey("the pages had no error of their own and kept to the Content-Security-Policy", async () => {
  expect(started().complaints).toEqual([]);
});
