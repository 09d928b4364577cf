import { afterAll, beforeAll, expect } from "bun:test";
import { adminToken } from "../support/management-client.ts";
import { type Dashboard, journey, openDashboard } from "./open-dashboard.ts";
import { seriousFaults } from "./serious-faults.ts";

let dashboard: Dashboard | null;
beforeAll(async () => {
  dashboard = await openDashboard({ yaml: "{}\n", environment: { HEADGATE_WORKERS: "0" } });
}, 60_000);
afterAll(async () => dashboard?.[Symbol.asyncDispose]());

const started = (): Dashboard => dashboard as Dashboard;
const linkOf = (token: string): string => `/ui/sign-in#token=${token}`;

journey("a link with a token signs in whoever is not signed in, and leaves no token in the address", async () => {
  const page = await started().open(linkOf(adminToken), null);
  await page.getByText("No requests in this range").waitFor();
  expect(page.url()).not.toContain(adminToken);
  expect(await page.evaluate("sessionStorage.getItem('headgate.token')")).toBe(adminToken);
  await page.context().close();
});

journey("a link with a token asks whoever is signed in already, and a wrong one takes nothing away", async () => {
  const made = await started().gateway.ask("POST", "/accounts/default/tokens", {
    name: "of somebody else",
    policies: [
      {
        effect: "allow",
        permission_groups: [{ id: "AI Gateway Read" }],
        resources: { "com.cloudflare.api.account.default": "*" },
      },
    ],
  });
  const other = made.result.value as string;
  const page = await started().open(linkOf(other));
  const kept = (): Promise<unknown> => page.evaluate("sessionStorage.getItem('headgate.token')");
  await page.getByText("You are signed in already").waitFor();
  expect(await seriousFaults(page)).toEqual([]);
  expect(await kept()).toBe(adminToken);
  await page.getByRole("link", { name: "Stay as you are" }).click();
  await page.getByText("No requests in this range").waitFor();
  expect(await kept()).toBe(adminToken);

  await page.goto(started().gateway.url + linkOf("hg_nobody"));
  await page.getByText("You are signed in already").waitFor();
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("This token is not known here").waitFor();
  expect(await kept()).toBe(adminToken);

  await page.goto(`${started().gateway.url}/ui/overview`);
  await page.goto(started().gateway.url + linkOf(other));
  await page.getByText("You are signed in already").waitFor();
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL("**/ui/overview**");
  expect(await kept()).toBe(other);
  expect(started().complaints).toEqual([]);
  await page.context().close();
});
