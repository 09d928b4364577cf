import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Dashboard, openDashboard } from "../gateway/test/browser/open-dashboard.ts";
import { seedLogs } from "../gateway/test/browser/seed-logs.ts";

// Measures in a browser how long the dashboard takes over many logs, and prints milliseconds as JSON:
//   bun bench/dashboard.ts --rows 1000000 [--days 30] [--directory where] [--rounds 5]
// `npm run bench -- records --only dashboard --rows 10000000` puts them into the report. Filling takes some 35 s of CPU and 1.2 GB of disk for a million.
// Each figure is from the beginning of the navigation, or from the click, until what was asked for stands on the page; the
// middle one of the rounds. A directory from an earlier run is looked at again without writing.

const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "1000000" },
    days: { type: "string", default: "30" },
    rounds: { type: "string", default: "5" },
    directory: { type: "string" },
  },
});
const rows = Number(values.rows);
const rounds = Number(values.rounds);
const directory = values.directory ?? mkdtempSync(join(tmpdir(), "headgate-dashboard-"));
type Page = Awaited<ReturnType<Dashboard["open"]>>;

const models = ["small", "medium", "large", "vision", "embed", "reason", "code", "audio"];

try {
  if (!(await Bun.file(join(directory, "data/headgate.db")).exists())) {
    await seedLogs(directory, { count: rows, spanMs: Number(values.days) * 86_400_000 }, (index) => ({
      record: {
        model: models[index % models.length] as string,
        provider: index % 3 === 0 ? "beta" : "alpha",
        userKey: `user:u${index % 5000}`,
        ...(index % 50 === 0 ? { success: false, statusCode: 503 } : {}),
      },
    }));
  }
  const dashboard = await openDashboard({ yaml: "{}\n", directory });
  if (dashboard === null) throw new Error("there is no browser here; CHROMIUM names one");
  try {
    console.log(JSON.stringify({ rows, rounds, middleMs: await measure(dashboard) }, null, 2));
  } finally {
    await dashboard[Symbol.asyncDispose]();
  }
} finally {
  if (values.directory === undefined) rmSync(directory, { recursive: true });
}

async function measure(dashboard: Dashboard) {
  const page = await dashboard.open("/ui/you");
  const visit = (path: string, whole: string) =>
    middle(async () => {
      await page.goto(dashboard.gateway.url + path);
      await page.locator(whole).first().waitFor();
    });
  const failed = encodeURIComponent('[{"key":"success","operator":"eq","value":[false]}]');
  return {
    overviewOfADay: await visit("/ui/overview", ".u-over"),
    overviewOfAMonth: await visit("/ui/overview?range=30d", ".u-over"),
    logs: await visit("/ui/logs", "[data-row]"),
    failuresOfAMonth: await visit(`/ui/logs?range=30d&filters=${failed}`, "[data-row]"),
    slowestOfTheLastDay: await visit("/ui/logs?range=24h&order=duration", "[data-row]"),
    fivePagesFurther: await middle(() => fivePagesFurther(page, dashboard.gateway.url)),
    aLog: await middle(() => openFirst(page)),
  };
}

async function openFirst(page: Page): Promise<void> {
  await page.locator("[data-row]").first().click();
  await page.getByRole("dialog").getByRole("tab").first().waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
}

async function fivePagesFurther(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/ui/logs`);
  const table = page.getByRole("table", { name: "Logs" });
  await page.locator("[data-row]").first().waitFor();
  const deadlineMs = performance.now() + 15_000;
  // The end moves on when a page comes.
  while ((await table.evaluate(toEnd)) < 240) {
    if (performance.now() > deadlineMs) throw new Error("five pages did not come within 15 s");
    await Bun.sleep(5);
  }
}

/** Runs in the page: scrolls to the end there is and answers the number of the last row that stands there. */
function toEnd(element: unknown): number {
  const scroller = element as {
    scrollTop: number;
    readonly scrollHeight: number;
    querySelectorAll(selector: string): Iterable<{ readonly dataset: Record<string, string> }>;
  };
  scroller.scrollTop = scroller.scrollHeight;
  return Math.max(0, ...Array.from(scroller.querySelectorAll("[data-row]"), ({ dataset }) => Number(dataset["row"])));
}

/** The middle of the times that `work` takes, in milliseconds. */
async function middle(work: () => Promise<void>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const startedMs = performance.now();
    await work();
    times.push(performance.now() - startedMs);
  }
  return Math.round(times.toSorted((left, right) => left - right)[Math.floor(rounds / 2)] as number);
}
