import { expect } from "bun:test";
import { type Dashboard, journey, openDashboard } from "./open-dashboard.ts";
import { adminToken } from "../support/management-client.ts";
import { chatProvider } from "./chat-provider.ts";

journey("first run to first request: sign in, send from the playground, see it arrive and open its log", async () => {
  await using provider = chatProvider(["Hello ", "from ", "the ", "provider"]);
  await using dashboard = (await openDashboard({ yaml: provider.yaml })) as Dashboard;

  const page = await dashboard.open("/", null);
  await page.getByLabel("API token", { exact: true }).fill("wrong");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("This token is not known here").waitFor();
  await page.getByLabel("API token", { exact: true }).fill(adminToken);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("No requests in this range").waitFor();
  await page.getByRole("main").getByRole("link", { name: "First steps" }).click();
  await page.getByText("Listening: it shows up here by itself.").waitFor();
  const code = await page.getByRole("region", { name: "Code" }).innerText();
  expect(code).toContain(`curl ${dashboard.gateway.url}/v1/default/default/openai/chat/completions`);

  const other = await dashboard.open("/ui/playground");
  await other.getByLabel("Key of the provider").fill("sk-of-the-provider");
  await other.getByRole("button", { name: "Send" }).click();
  await other.getByText("Done 200").waitFor();
  expect(await other.getByRole("region", { name: "Message" }).innerText()).toContain("Hello from the provider");
  expect(await other.getByRole("region", { name: "Answer" }).innerText()).toMatch(/Tokens in\s+21\s+Tokens out\s+37/);
  await other.getByText(/\d+ pieces with their times/).click();
  expect(await other.getByRole("list", { name: "Pieces" }).getByRole("listitem").count()).toBe(6);

  // The list ticks itself while nobody touches it, and leads to the log.
  await page.getByText(/Seen .*openai\/gpt-5-mini, 200/).waitFor();
  await page.getByRole("link", { name: "Open its log" }).click();
  const drawer = page.getByRole("dialog");
  await drawer.getByText("Say hello in three languages.").waitFor();
  await drawer.getByText("Hello from the provider").waitFor();
  await drawer.getByRole("tab", { name: "Cost and details" }).click();
  await drawer.getByText(/21 × \$0\.25 \/ M/).waitFor();
  await drawer.getByRole("tab", { name: "Feedback" }).click();
  await drawer.getByRole("button", { name: "Good" }).click();
  await drawer.getByText("Kept.").waitFor();
  expect(await drawer.getByRole("button", { name: "Good" }).getAttribute("aria-pressed")).toBe("true");

  await drawer.getByRole("link", { name: "Replay in playground" }).click();
  await page.getByRole("button", { name: "Send" }).waitFor();
  expect(JSON.parse(await page.getByLabel("Body").inputValue())).toMatchObject({ model: "gpt-5-mini", stream: true });
  expect(dashboard.complaints).toEqual([]);
});

journey("the live list shows requests as they come", async () => {
  await using provider = chatProvider(["Hi"]);
  await using dashboard = (await openDashboard({ yaml: provider.yaml })) as Dashboard;
  const page = await dashboard.open("/ui/logs?live=true");
  await page.getByText("No logs yet").waitFor();
  await page.getByRole("button", { name: "Live", exact: true }).waitFor();
  for (const model of ["gpt-5-mini", "broken"]) {
    const body = JSON.stringify({ model, messages: [{ role: "user", content: "Hi" }] });
    await fetch(`${dashboard.gateway.url}/v1/default/default/openai/chat/completions`, { method: "POST", body });
  }
  const rows = page.getByRole("table", { name: "Logs" }).locator("[data-row]");
  await rows.nth(1).waitFor();
  expect(await rows.first().innerText()).toContain("503 failed");
  expect(await rows.nth(1).innerText()).toContain("200 ok");
  expect(dashboard.complaints).toEqual([]);
});
