import { celCase, configCase, importCase, journalCase, settingsCase } from "./file-cases.ts";
import type { FuzzCase } from "./fuzz-case.ts";
import type { FuzzStand } from "./fuzz-stand.ts";
import { ledgerCase } from "./ledger-case.ts";
import { compatRequest, providerRequest, universalRequest } from "./http-requests.ts";
import { managementRequest } from "./management-requests.ts";
import { outcomeFault } from "./outcome-fault.ts";
import { caseSeed, type SeededRandom, seededRandom } from "./seeded-random.ts";
import { sendRequest } from "./send-request.ts";
import { socketRequest } from "./socket-requests.ts";

type Generator = (random: SeededRandom, stand: FuzzStand) => FuzzCase;

/** What is tried, with its weight. */
const families: Readonly<Record<string, readonly [weight: number, make: Generator]>> = {
  provider: [30, (random, { grammar }) => providerRequest(random, grammar)],
  universal: [15, (random, { grammar }) => universalRequest(random, grammar)],
  compat: [10, (random, { grammar }) => compatRequest(random, grammar)],
  management: [20, (random, { grammar, adminToken }) => managementRequest(random, grammar, adminToken)],
  socket: [9, (random, { grammar }) => socketRequest(random, grammar)],
  journal: [3, (random, { directory }) => journalCase(random, directory)],
  ledger: [1, (random, { directory }) => ledgerCase(random, directory)],
  settings: [3, (random, { directory }) => settingsCase(random, directory)],
  config: [3, (random) => configCase(random)],
  import: [3, (random) => importCase(random)],
  cel: [3, (random) => celCase(random)],
};
const drawn = Object.entries(families).flatMap(([name, [weight]]) => Array.from({ length: weight }, () => name));

/** A run of cases; each comes out of the seed and its number alone. */
export interface FuzzRun {
  readonly seed: number;
  readonly from: number;
  readonly count: number;
  /** Only of these; all when absent. */
  readonly families?: readonly string[];
  /** Told after every thousand cases. */
  readonly onProgress?: (done: number) => void;
}

/** A case that went otherwise than it should. */
export interface Find {
  readonly family: string;
  readonly seed: number;
  readonly index: number;
  readonly fault: string;
  /** What was sent or read, one character a byte. */
  readonly input: string;
}

/** What a run found. */
export interface FuzzReport {
  readonly finds: readonly Find[];
  readonly counts: Readonly<Record<string, number>>;
  /** Answers by status; "closed" and "left" for requests that got none. */
  readonly statuses: Readonly<Record<string, number>>;
}

const concurrency = 64;
/** Most processor time for what is read in this process; the clock on the wall tells of the machine's other work. */
const callBoundMs = 2000;

/** Tries the cases, several at once. */
export async function runFuzz(stand: FuzzStand, run: FuzzRun): Promise<FuzzReport> {
  const report = { finds: [] as Find[], counts: {} as Record<string, number>, statuses: {} as Record<string, number> };
  let next = run.from;
  const names = run.families === undefined ? drawn : drawn.filter((name) => run.families?.includes(name));
  const work = async (): Promise<void> => {
    while (next < run.from + run.count) {
      const index = next;
      next += 1;
      const random = seededRandom(caseSeed(run.seed, index));
      const family = random.pick(names);
      const fuzzed = (families[family] as (typeof families)[string])[1](random, stand);
      count(report.counts, family);
      const fault = await tryCase(stand, fuzzed, (status) => count(report.statuses, status));
      if (fault !== null) report.finds.push({ family, seed: run.seed, index, fault, input: inputOf(fuzzed) });
      if ((index + 1 - run.from) % 1000 === 0) run.onProgress?.(index + 1 - run.from);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return report;
}

/** A find for people: what it takes to see it again, and what was sent. */
export function findText({ family, seed, index, fault, input }: Find): string {
  return `${family}: ${fault}\n  again: node scripts/fuzz.mjs --seed ${seed} --from ${index} --count 1\n  ${JSON.stringify(input.slice(0, 2000))}`;
}

async function tryCase(stand: FuzzStand, fuzzed: FuzzCase, onStatus: (status: string) => void): Promise<string | null> {
  if (fuzzed.kind === "request") {
    const outcome = await sendRequest(stand.gateway.port, fuzzed);
    onStatus(String(outcome.answer?.status ?? (outcome.isClosed ? "closed" : "left")));
    return outcomeFault(fuzzed, outcome, stand.secrets);
  }
  const before = process.cpuUsage();
  try {
    // What waits lets others work meanwhile, whose time would be counted with its own.
    const running = fuzzed.run();
    if (running !== undefined) return await running.then(() => null);
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  const { user, system } = process.cpuUsage(before);
  const tookMs = (user + system) / 1000;
  // Requests of others are answered in between.
  await Bun.sleep(0);
  return tookMs > callBoundMs ? `it took ${Math.round(tookMs)} ms` : null;
}

function inputOf(fuzzed: FuzzCase): string {
  return fuzzed.kind === "call" ? fuzzed.input : Buffer.concat([...fuzzed.pieces]).toString("latin1");
}

function count(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}
