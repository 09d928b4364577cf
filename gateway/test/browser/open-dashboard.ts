import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { test } from "bun:test";
import { adminToken, type ManagedGateway, startManagedGateway } from "../support/management-client.ts";
import type { RunOptions } from "../support/headgate-process.ts";

const chromiumPath = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const hasChromium = existsSync(chromiumPath);

/** How long a journey may take on a busy machine. */
const JOURNEY_MS = 120_000;

/** A test in a browser; skipped, and said so, where there is none. */
export function journey(name: string, run: () => Promise<void>): void {
  test.skipIf(!hasChromium)(name, run, JOURNEY_MS);
  if (!hasChromium) console.log(`skipped: ${name}: no Chromium at ${chromiumPath}; CHROMIUM names another path`);
}

/** A real gateway process with the dashboard in a browser. */
export interface Dashboard extends AsyncDisposable {
  readonly gateway: ManagedGateway;
  /**
   * Opens a page of the dashboard in a tab of its own.
   * @param credential token it is signed in with; the admin token when absent, null for none.
   * @param look how the browser looks at it: 1280 by 900 and light when absent.
   */
  open(path: string, credential?: string | null, look?: BrowserContextOptions): Promise<Page>;
  /** What browsers complained of since the start: errors of scripts, what the Content-Security-Policy refused, requests to elsewhere, a build for developers. */
  readonly complaints: readonly string[];
}

/** Starts one; for tests that `journey` lets run. Null where there is no Chromium. */
export async function openDashboard(options: RunOptions = {}): Promise<Dashboard | null> {
  if (!hasChromium) return null;
  await buildDashboard();
  const gateway = await startManagedGateway(options);
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
  });
  const complaints: string[] = [];
  return {
    gateway,
    complaints,
    async open(path, credential = adminToken, look = {}) {
      const context = await newContext(browser, credential, look);
      const page = await context.newPage();
      page.setDefaultTimeout(15_000);
      page.on("request", (request) => {
        const asked = request.url();
        if (asked.startsWith("http") && !asked.startsWith(`${gateway.url}/`)) complaints.push(`asked ${asked}`);
      });
      page.on("pageerror", (error) => complaints.push(error.message));
      page.on("console", (message) => {
        if (/content security policy|react devtools/i.test(message.text())) complaints.push(message.text());
      });
      await page.goto(gateway.url + path);
      return page;
    },
    async [Symbol.asyncDispose]() {
      await browser.close();
      await gateway[Symbol.asyncDispose]();
    },
  };
}

async function buildDashboard(): Promise<void> {
  const folder = join(import.meta.dir, "../../../dashboard");
  const script: { buildDashboard(folder: string): Promise<boolean> } = await import(join(folder, "build.mjs"));
  await script.buildDashboard(folder);
}

async function newContext(
  browser: Browser,
  credential: string | null,
  look: BrowserContextOptions,
): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...look });
  if (credential === null) return context;
  await context.addInitScript((token) => {
    // Pages that sign out or in by themselves keep what they have.
    if (sessionStorage.getItem("headgate.test") !== null) return;
    sessionStorage.setItem("headgate.test", "set");
    sessionStorage.setItem("headgate.token", token);
  }, credential);
  return context;
}
