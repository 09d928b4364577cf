import { expect } from "bun:test";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { type Dashboard, journey, openDashboard } from "./open-dashboard.ts";
import { seedLogs } from "./seed-logs.ts";

const count = 100_000;
const dayMs = 86_400_000;
/** Slower than the one that is looked for, but a success; and a failure slower still, but of yesterday. */
const wanted = { durationMs: 20_000, success: false, statusCode: 503, model: "the-slow-one" };

/** Runs in the page. */
function toEnd(element: unknown): void {
  const scroller = element as { scrollTop: number; readonly scrollHeight: number };
  scroller.scrollTop = scroller.scrollHeight;
}

journey("the slowest failing request of the last hour is found among 100,000", async () => {
  using directory = temporaryDirectory();
  const idOf = await seedLogs(directory.path, { count, spanMs: dayMs }, (index) => {
    if (index === count - 2000) return { record: wanted };
    if (index === count - 1000) return { record: { durationMs: 60_000 } };
    if (index === 5) return { record: { ...wanted, durationMs: 90_000 } };
    return { record: index % 50 === 0 ? { success: false, statusCode: 500 } : {} };
  });
  await using dashboard = (await openDashboard({ yaml: "{}\n", directory: directory.path })) as Dashboard;
  const page = await dashboard.open("/ui/logs");
  const table = page.getByRole("table", { name: "Logs" });
  await page.getByText("100,000").waitFor();

  await page.getByLabel("Range of time").selectOption("1h");
  await page.getByRole("button", { name: "Filter", exact: true }).click();
  await page.getByLabel("Field").selectOption("success");
  await page.getByLabel("Value").selectOption("false");
  await page.getByRole("button", { name: "Apply" }).click();
  await page.getByRole("button", { name: "Success is no", exact: true }).waitFor();
  await table.getByRole("button", { name: "Duration" }).click();
  await page.waitForURL(/order=duration/);
  const first = table.locator('[data-row="0"]');
  await first.getByText("the-slow-one").waitFor();
  expect(await first.innerText()).toContain("20.00 s");

  // The keyboard opens it, and the address leads there again.
  await first.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").getByText("20.00 s").first().waitFor();
  expect(decodeURIComponent(page.url())).toContain(`log=${idOf(count - 2000)}`);
  const again = await dashboard.open(page.url().slice(dashboard.gateway.url.length));
  await again.getByRole("dialog").getByText("503 failed").first().waitFor();
  await again.keyboard.press("Escape");
  await again.getByRole("dialog").waitFor({ state: "detached" });
  await again.getByRole("button", { name: "Remove filter Success is no" }).click();
  await again.locator('[data-row="0"]').getByText("1 min", { exact: true }).waitFor();
  expect(dashboard.complaints).toEqual([]);
});

journey("pages come as they are scrolled to, few rows stand in the document, the address keeps the place", async () => {
  using directory = temporaryDirectory();
  await seedLogs(directory.path, { count: 1000, spanMs: dayMs }, (index) => ({
    record: { model: `model-${index}` },
  }));
  await using dashboard = (await openDashboard({ yaml: "{}\n", directory: directory.path })) as Dashboard;
  const page = await dashboard.open("/ui/logs");
  const table = page.getByRole("table", { name: "Logs" });
  await table.getByText("model-999").waitFor();
  // Each end that is reached brings another page of fifty.
  for (let loaded = 50; loaded < 500; loaded += 50) {
    await table.evaluate(toEnd);
    await table.getByText(`model-${999 - loaded}`).waitFor();
  }
  expect(await table.locator("[data-row]").count()).toBeLessThan(80);
  await page.waitForURL(/cursor=/);
  // The address follows once the list has come to rest.
  await page.waitForTimeout(1000);
  const again = await dashboard.open(page.url().slice(dashboard.gateway.url.length));
  const rows = again.getByRole("table", { name: "Logs" });
  await rows
    .getByText(/model-5\d\d/)
    .first()
    .waitFor();
  expect(await rows.getByText("model-999").count()).toBe(0);
  await again.getByRole("button", { name: "Back to the beginning" }).click();
  await rows.getByText("model-999").waitFor();
  expect(dashboard.complaints).toEqual([]);
});

journey("a point of the overview leads to its logs, and what is found is taken away as a file", async () => {
  using directory = temporaryDirectory();
  await seedLogs(directory.path, { count: 2000, spanMs: 3_600_000 }, (index) => ({
    record: { provider: index % 2 === 0 ? "openai" : "groq", model: "m", success: index % 10 !== 0 },
  }));
  await using dashboard = (await openDashboard({ yaml: "{}\n", directory: directory.path })) as Dashboard;
  const page = await dashboard.open("/ui/overview?range=6h&compare=true");
  const figures = page.getByRole("list", { name: "Figures" });
  await figures.getByText("2,000").waitFor();
  expect(await figures.innerText()).toContain("200");
  const requests = page.getByRole("region", { name: "Requests", exact: true });
  const canvas = requests.locator(".u-over");
  const box = (await canvas.boundingBox()) as { width: number; height: number };
  await canvas.click({ position: { x: box.width * 0.92, y: box.height / 2 } });
  await page.waitForURL(/\/ui\/logs\?.*from=\d+/);
  await page.getByRole("table", { name: "Logs" }).locator("[data-row]").first().waitFor();

  await page.goBack();
  await page.getByRole("region", { name: "Models", exact: true }).getByRole("link", { name: "groq / m" }).click();
  await page.getByRole("button", { name: "Provider is groq", exact: true }).waitFor();
  await page.getByText("1,000 logs").waitFor();
  await page.getByRole("button", { name: "Export" }).click();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download" }).click(),
  ]);
  const lines = (await Bun.file(await download.path()).text()).trimEnd().split("\n");
  expect(lines.length).toBe(1000);
  expect(lines.every((line) => (JSON.parse(line) as { provider: string }).provider === "groq")).toBe(true);
  expect(dashboard.complaints).toEqual([]);
});

journey("what matches is deleted, and only that", async () => {
  using directory = temporaryDirectory();
  await seedLogs(directory.path, { count: 3000, spanMs: dayMs }, (index) => ({
    record: { provider: index % 3 === 0 ? "groq" : "openai" },
  }));
  await using dashboard = (await openDashboard({ yaml: "{}\n", directory: directory.path })) as Dashboard;
  const filters = JSON.stringify([{ key: "provider", operator: "neq", value: ["groq"] }]);
  const page = await dashboard.open(`/ui/logs?filters=${encodeURIComponent(filters)}`);
  await page.getByText("2,000 logs").waitFor();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Provider is not groq").waitFor();
  expect(await dialog.getByRole("button", { name: "Delete logs" }).isDisabled()).toBe(true);
  await dialog.getByLabel("Type default to go on").fill("default");
  await dialog.getByRole("button", { name: "Delete logs" }).click();
  await dialog.getByText("2,000 deleted: all that matched.").waitFor();
  await dialog.getByRole("button", { name: "Close" }).last().click();
  await page.getByText("No log matches").waitFor();
  await page.getByRole("button", { name: "Remove filter Provider is not groq" }).click();
  await page.getByText("1,000 logs").waitFor();
  expect(dashboard.complaints).toEqual([]);
});
