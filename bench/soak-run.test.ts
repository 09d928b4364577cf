import { expect, test } from "bun:test";
import { withSection } from "./report-section.ts";
import { addSoakRun, renderSoakRuns, soakHeading, type SoakRun } from "./soak-run.ts";

const growth = {
  firstBytes: 100e6,
  lastBytes: 101e6,
  bytesPerMinute: 50_000,
  errorBytesPerMinute: 40_000,
  isFlat: true,
  firstDescriptors: 20,
  lastDescriptors: 21,
};
const run: SoakRun = {
  conditions: { date: "2026-01-01T00:00Z", commit: "0123456789", isClean: true, cpu: "a processor" },
  minutes: 20,
  recorded: { exchanges: 5884, providers: 36 },
  requests: 100_000,
  whole: 90_000,
  cutShort: 9990,
  unanswered: 10,
  workersKilled: 40,
  settingsChanges: 270,
  growth: { worker: growth, control: { ...growth, isFlat: false } },
  unexplained: 0,
  ledger: {
    rows: 99_990,
    clientNanoUsd: 1_234_567_890,
    ledgerNanoUsd: 1_234_567_890,
    missing: 0,
    twice: 0,
    wrongCost: 0,
    unknown: 0,
  },
};

test("a soak tells its commit, memory with its slope and verdict, descriptors, and account beside ledger", () => {
  const text = renderSoakRuns([run]);
  expect(text).toContain("| commit | 0123456789 |");
  expect(text).toContain("| drawn of | 5,884 exchanges recorded at 36 providers, and made-up ones |");
  expect(text).toContain("100.0 to 101.0 MB, 0.050 ± 0.040 MB a minute: **flat**");
  expect(text).toContain("a minute: **grows**");
  expect(text).toContain("| descriptors of the worker | 20 to 21 |");
  expect(text).toContain("| client's own account | $1.234567890 |");
  expect(text).toContain("| ledger | $1.234567890 in 99,990 rows |");
  expect(text).not.toMatch(/NaN|undefined/);
  expect(renderSoakRuns([])).toBe("");
});

test("the five latest soaks are kept, and their section stands once before the history", () => {
  const runs = Array.from({ length: 7 }, (_, minutes) => minutes + 1).reduce<readonly SoakRun[]>(
    (kept, minutes) => addSoakRun(kept, { ...run, minutes }),
    [],
  );
  expect(runs.map(({ minutes }) => minutes)).toEqual([3, 4, 5, 6, 7]);
  const section = { heading: soakHeading, text: renderSoakRuns(runs) };
  const once = withSection("# Report\n\n## JSON\n\nfigures\n\n## History\n\n| a |\n", section);
  expect(withSection(once, section)).toBe(once);
  expect(once.match(/^## .*$/gm)).toEqual(["## JSON", soakHeading, "## History"]);
});
