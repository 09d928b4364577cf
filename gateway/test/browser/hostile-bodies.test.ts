import { expect } from "bun:test";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { type Dashboard, journey, openDashboard } from "./open-dashboard.ts";
import { seedLogs } from "./seed-logs.ts";

const script = `<script>document.title="taken"</script><img src=x onerror="document.title='taken'">`;
const rightToLeft = "שלום עולם, this is mixed: مرحبا";

function chat(content: string): Buffer {
  return Buffer.from(JSON.stringify({ model: "m", messages: [{ role: "user", content }] }));
}

function conversation(messages: number): Buffer {
  const turns = Array.from({ length: messages }, (_, index) => ({
    role: index % 2 === 0 ? "user" : "assistant",
    content: `message ${index} ${"word ".repeat(index % 40)}`,
  }));
  return Buffer.from(JSON.stringify({ model: "m", messages: turns }));
}

/** Runs in the page. */
function directionOf(element: unknown): string {
  const page = globalThis as unknown as { getComputedStyle(of: unknown): { readonly direction: string } };
  return page.getComputedStyle(element).direction;
}

const bodies: readonly (readonly [model: string, body: Buffer])[] = [
  [script, chat(script)],
  ["five-megabytes", chat("x".repeat(5_000_000))],
  ["no-text", Buffer.from([0x7b, 0xff, 0xfe, 0x00, 0xc3, 0x28, 0x7d])],
  ["ten-thousand", conversation(10_000)],
  ["right-to-left", chat(rightToLeft)],
];

journey("bodies that try something are shown as the text they are, and the page stays quick", async () => {
  using directory = temporaryDirectory();
  const idOf = await seedLogs(directory.path, { count: bodies.length, spanMs: 60_000 }, (index) => {
    const [model, body] = bodies[index] as (typeof bodies)[number];
    const metadata = { note: script };
    return { record: { model, metadata, userAgent: script }, request: body, response: body };
  });
  await using dashboard = (await openDashboard({ yaml: "{}\n", directory: directory.path })) as Dashboard;
  const open = async (index: number) => {
    const page = await dashboard.open(`/ui/logs?log=${idOf(index)}`);
    const drawer = page.getByRole("dialog");
    await drawer.getByRole("tab", { name: "Conversation" }).waitFor();
    return { page, drawer };
  };

  const { page, drawer } = await open(0);
  await drawer.getByText(script).last().waitFor();
  for (const tab of ["Request", "Response", "Timing", "Cost and details", "Feedback"]) {
    await drawer.getByRole("tab", { name: tab, exact: true }).click();
    await page.waitForTimeout(200);
  }
  expect(await page.title()).toBe("Logs · Headgate");
  expect(await page.locator("img").count()).toBe(0);

  const large = await open(1);
  await large.drawer.getByText(/more characters/).waitFor();
  const startedMs = performance.now();
  await large.drawer.getByRole("tab", { name: "Request" }).click();
  await large.drawer.getByText("5.0 MB").waitFor();
  await large.drawer.getByLabel("Find in the request").fill("xxx");
  await large.drawer.getByText("10,000 lines").waitFor();
  expect(performance.now() - startedMs).toBeLessThan(10_000);
  expect(await large.drawer.getByRole("region", { name: "Body of the request" }).locator("div").count()).toBeLessThan(
    150,
  );

  const garbled = await open(2);
  await garbled.drawer.getByRole("tab", { name: "Response" }).click();
  await garbled.drawer.getByText("holds bytes that are no text, shown as �").waitFor();

  const long = await open(3);
  await long.drawer.getByText("10,000 messages").waitFor();
  await long.drawer.getByText("message 0").waitFor();
  await long.drawer.getByRole("button", { name: "To the answer" }).click();
  await long.drawer.getByText("message 9999").waitFor();
  expect(await long.drawer.getByRole("article").count()).toBeLessThan(60);

  const turned = await open(4);
  const text = turned.drawer.getByText(rightToLeft).first();
  await text.waitFor();
  expect(await text.evaluate(directionOf)).toBe("rtl");
  expect(dashboard.complaints).toEqual([]);
});
