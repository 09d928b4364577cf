import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { DoctorContext, Finding } from "./finding.ts";
import { ok, problem, warning } from "./finding.ts";

/** No release is older. */
const EARLIEST_YEAR = 2025;
const LATEST_YEAR = 2100;
const WATCHED_MS = 150;
const MOST_STEP_MS = 50;
const MOST_AHEAD_MS = 60_000;

/** The machine's clock: signatures, tokens and certificates go by it, and logs are in its order. */
export async function checkClock({ nowMs, config }: DoctorContext): Promise<Finding[]> {
  const year = new Date(nowMs).getUTCFullYear();
  if (year < EARLIEST_YEAR || year > LATEST_YEAR)
    return [
      problem(`the clock says the year ${year}`, "Set it by NTP: signed requests and certificates fail until then."),
    ];
  const stepMs = await stepWhileWatched();
  if (stepMs > MOST_STEP_MS)
    return [
      warning(
        `the clock was set by ${Math.round(stepMs)} ms just now`,
        "Have NTP slew it instead; look again in a minute.",
      ),
    ];
  const aheadMs = newestChangeMs(config.dataDirectory) - nowMs;
  if (aheadMs > MOST_AHEAD_MS)
    return [
      warning(
        `the data was changed ${Math.round(aheadMs / 60_000)} minutes after the present time: the clock went back`,
        "Set it by NTP before the start; logs would be out of order.",
      ),
    ];
  return [ok(`the clock says ${new Date(nowMs).toISOString()}`)];
}

async function stepWhileWatched(): Promise<number> {
  const before = { wallMs: Date.now(), monotonicMs: performance.now() };
  await Bun.sleep(WATCHED_MS);
  return Math.abs(Date.now() - before.wallMs - (performance.now() - before.monotonicMs));
}

function newestChangeMs(dataDirectory: string): number {
  const paths = ["headgate.db", "headgate.db-wal", "settings.db", "journal"].map((name) => join(dataDirectory, name));
  return Math.max(0, ...paths.filter((path) => existsSync(path)).map((path) => statSync(path).mtimeMs));
}
