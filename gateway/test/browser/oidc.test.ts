import { afterAll, beforeAll, expect } from "bun:test";
import { type IdentityProvider, startIdentityProvider } from "../support/identity-provider.ts";
import { type Dashboard, journey, openDashboard } from "./open-dashboard.ts";

let provider: IdentityProvider;
let dashboard: Dashboard | null;
beforeAll(async () => {
  // The provider has to know where people are sent back to before the gateway starts.
  const port = await freePort();
  provider = await startIdentityProvider(`http://127.0.0.1:${port}/api/session/oidc/callback`);
  const yaml = `sign_in:
  oidc:
    name: House account
    issuer: "${provider.issuer}"
    client_id: ${provider.clientId}
    client_secret: "env:TEST_OIDC_SECRET"
    groups_claim: groups
    roles: { readers: { default: viewer } }
`;
  const environment = { HEADGATE_WORKERS: "1", PORT: String(port), TEST_OIDC_SECRET: provider.clientSecret };
  dashboard = await openDashboard({ yaml, environment });
}, 60_000);
afterAll(async () => {
  await dashboard?.[Symbol.asyncDispose]();
  await provider.stop();
});

async function freePort(): Promise<number> {
  const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response() });
  const { port } = server;
  await server.stop(true);
  return Number(port);
}

journey("somebody signs in at the identity provider, and who has no role is told so", async () => {
  const started = dashboard as Dashboard;
  const email = "ada@example.com";
  provider.people.set("ada", { email, email_verified: true, name: "Ada", groups: ["readers"] });
  provider.take("ada");
  const page = await started.open("/ui/sign-in", null);
  await page.getByRole("link", { name: "House account" }).click();
  await page.getByRole("navigation", { name: "Pages" }).waitFor();
  await page.getByText(email).first().waitFor();
  expect(await page.getByRole("link", { name: "API tokens" }).count()).toBe(0);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Headgate" }).waitFor();
  expect((await page.context().cookies(started.gateway.url)).filter(({ name }) => name === "headgate")).toEqual([]);
  await page.context().close();

  provider.people.set("bo", { email: "bo@example.com", email_verified: true, name: "Bo", groups: ["strangers"] });
  provider.take("bo");
  const other = await started.open("/ui/sign-in", null);
  await other.getByRole("link", { name: "House account" }).click();
  await other.getByText("have no role here").waitFor();
  await other.context().close();
  // Going to the provider and back is the one thing that leaves this host.
  expect(started.complaints.filter((complaint) => !complaint.includes(provider.issuer))).toEqual([]);
});
