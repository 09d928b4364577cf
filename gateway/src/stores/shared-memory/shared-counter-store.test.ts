import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeCounterStore } from "../../../test/contracts/counter-store.contract.ts";
import type { CountingOrder } from "../../../test/support/counting-process.ts";
import { temporaryDirectory } from "../../../test/support/temporary-directory.ts";
import type { CounterWindow, Meter, Take, TakeAnswer } from "../ports/counter-store.ts";
import { openCounterFile, prepareCounterFile } from "./counter-file.ts";
import { half } from "./counter-layout.ts";
import { openSharedCounterStore, type SharedCounterStore } from "./shared-counter-store.ts";

describeCounterStore("shared memory", (clock) => {
  const directory = temporaryDirectory();
  const path = join(directory.path, "counters");
  prepareCounterFile(path);
  const store = openSharedCounterStore({ path, uptimeMs: () => clock.uptimeMs, nowMs: () => clock.wallMs });
  return { store, dispose: () => (store.close(), directory[Symbol.dispose]()) };
});

describeCounterStore("memory of one process", (clock) => {
  const store = openSharedCounterStore({ path: null, uptimeMs: () => clock.uptimeMs, nowMs: () => clock.wallMs });
  return { store, dispose: () => store.close() };
});

const hour = (): CounterWindow => ({
  kind: "fixed",
  startMs: Math.floor(Date.now() / 3.6e6) * 3.6e6,
  endMs: Math.floor(Date.now() / 3.6e6) * 3.6e6 + 3.6e6,
});
const meterOf = (key: string, limit: number, window: CounterWindow = hour()): Meter => ({
  key,
  limit,
  window,
  isLasting: true,
});
const takeOf = (meter: Meter, more: Partial<Take> = {}): Take => ({
  meter,
  amount: 1,
  mode: "enforce",
  isHeld: false,
  ...more,
});
const taken = (store: SharedCounterStore, ...takes: readonly Take[]): TakeAnswer =>
  store.take(takes, Date.now()) as TakeAnswer;
const usedOf = (store: SharedCounterStore, meter: Meter) =>
  (store.peek([takeOf(meter, { amount: 0 })], Date.now()) as TakeAnswer["standings"])[0];

class CountingProcess {
  readonly #child: Bun.Subprocess<"pipe", "pipe", "inherit">;
  readonly #lines: AsyncIterator<string>;
  constructor(path: string) {
    const script = join(import.meta.dir, "../../../test/support/counting-process.ts");
    this.#child = Bun.spawn([process.execPath, script, path], { stdin: "pipe", stdout: "pipe", stderr: "inherit" });
    this.#lines = linesOf(this.#child.stdout);
  }
  async answer(): Promise<string> {
    const { value, done } = await this.#lines.next();
    return done === true ? "gone" : value;
  }
  async order(order: Partial<CountingOrder>): Promise<void> {
    this.#child.stdin.write(
      `${JSON.stringify({ window: hour(), limit: 100, amount: 1, times: 250, isHeld: false, settleWith: null, isEndless: false, ...order })}\n`,
    );
    await this.#child.stdin.flush();
  }
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.exited;
  }
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of stream) {
    const parts = (rest + Buffer.from(chunk).toString()).split("\n");
    rest = parts.pop() ?? "";
    yield* parts;
  }
}

describe("several processes", () => {
  const directory = temporaryDirectory();
  const path = join(directory.path, "counters");
  let processes: readonly CountingProcess[] = [];
  let store: SharedCounterStore;
  beforeAll(async () => {
    prepareCounterFile(path);
    store = openSharedCounterStore({ path });
    processes = Array.from({ length: 4 }, () => new CountingProcess(path));
    for (const each of processes) expect(await each.answer()).toBe("ready");
  });
  afterAll(async () => {
    for (const each of processes) await each.kill();
    store.close();
    directory[Symbol.dispose]();
  });

  const together = async (order: Partial<CountingOrder>): Promise<number> => {
    for (const each of processes) await each.order(order);
    const answers = await Promise.all(processes.map((each) => each.answer()));
    return answers.reduce((sum, answer) => sum + Number(answer), 0);
  };
  const day = 86_400_000;
  const windows: readonly CounterWindow[] = [
    { kind: "fixed", startMs: Math.floor(Date.now() / day) * day, endMs: Math.ceil(Date.now() / day) * day + day },
    { kind: "sliding", lengthMs: 3_600_000 },
    { kind: "bucket", fillMs: 86_400_000 },
    { kind: "concurrent" },
  ];

  test.each(windows)("$kind: 1,000 takes of 100 admit 100, twenty times over", async (window) => {
    for (let run = 0; run < 20; run += 1) {
      expect(await together({ key: `${window.kind} ${run}`, window })).toBe(100);
    }
  });

  test("a budget of a dollar is never passed, and spent to the last cent, when estimates are settled at once", async () => {
    for (let run = 0; run < 20; run += 1) {
      const meter = meterOf(`budget ${run}`, 1_000_000_000);
      const admitted = await together({ ...meter, amount: 10_000_000, isHeld: true, settleWith: 10_000_000 });
      expect([admitted, usedOf(store, meter)]).toMatchObject([100, { used: 1_000_000_000, held: 0 }]);
    }
  });

  test("what a killed process held is given back, what it had settled stays", async () => {
    const doomed = new CountingProcess(path);
    await doomed.answer();
    const budget = meterOf("doomed budget", 1_000_000);
    const running = meterOf("doomed running", 1000, { kind: "concurrent" });
    await doomed.order({ ...budget, amount: 100, times: 50, isHeld: true });
    await doomed.order({ ...budget, amount: 100, times: 30, isHeld: true, settleWith: 7 });
    await doomed.order({ ...running, times: 400, isHeld: true });
    expect([await doomed.answer(), await doomed.answer(), await doomed.answer()]).toEqual(["50", "30", "400"]);
    expect(usedOf(store, budget)).toMatchObject({ used: 5210, held: 5000 });
    await doomed.kill();
    expect(usedOf(store, running)).toMatchObject({ used: 400 });
    expect(store.reap()).toBe(1);
    expect(store.reap()).toBe(0);
    expect(usedOf(store, budget)).toMatchObject({ used: 210, held: 0 });
    expect(usedOf(store, running)).toMatchObject({ used: 0, held: 0 });
  });

  test("processes killed at any moment leave nothing half-counted and nobody waiting", async () => {
    // Both meters are taken together, so they must agree whenever nobody holds anything.
    for (let run = 0; run < 12; run += 1) {
      const key = `killed ${run}`;
      const doomed = [new CountingProcess(path), new CountingProcess(path)];
      for (const each of doomed) await each.answer();
      for (const each of doomed)
        await each.order({ key, limit: 2 ** 50, isHeld: true, settleWith: 3, amount: 9, isEndless: true });
      // Two may hold nine each: beyond that some of it has been settled.
      while ((usedOf(store, meterOf(key, 2 ** 50))?.used ?? 0) <= 18) await Bun.sleep(1);
      await Bun.sleep(run);
      for (const each of doomed) await each.kill();
      store.reap();
      const standing = usedOf(store, meterOf(key, 2 ** 50));
      expect(standing).toMatchObject({ held: 0 });
      expect((standing?.used ?? 0) % 3).toBe(0);
      expect(standing?.used).toBeGreaterThan(0);
      expect(taken(store, takeOf(meterOf(`after ${run}`, 1))).isAdmitted).toBe(true);
    }
  });

  test("what was looked for in vain is seen as soon as another process counts it", async () => {
    for (let run = 0; run < 50; run += 1) {
      const meter = meterOf(`late ${run}`, 1000);
      expect(usedOf(store, meter)).toMatchObject({ used: 0 });
      const [one] = processes;
      await one?.order({ ...meter, times: 3 });
      expect(await one?.answer()).toBe("3");
      expect(usedOf(store, meter)).toMatchObject({ used: 3 });
    }
  });

  test("counts outlive all processes", async () => {
    using elsewhere = temporaryDirectory();
    const file = join(elsewhere.path, "counters");
    prepareCounterFile(file);
    const only = new CountingProcess(file);
    await only.answer();
    await only.order({ key: "kept", limit: 100, times: 60, amount: 1 });
    await only.order({ key: "kept", limit: 100, times: 20, amount: 1, isHeld: true });
    expect([await only.answer(), await only.answer()]).toEqual(["60", "20"]);
    await only.kill();
    expect(prepareCounterFile(file)).toBe("kept");
    const again = openSharedCounterStore({ path: file });
    expect(again.reap()).toBe(1);
    expect(usedOf(again, meterOf("kept", 100))).toMatchObject({ used: 60, held: 0 });
    again.close();
  });
});

describe("a process that dies within a change", () => {
  test("is waited for no longer, and its change is taken back", () => {
    using directory = temporaryDirectory();
    const path = join(directory.path, "counters");
    prepareCounterFile(path);
    const store = openSharedCounterStore({ path });
    const meter = meterOf("m", 10);
    taken(store, takeOf(meter, { amount: 4 }));
    // What a process leaves that is killed between two writes: its id in the lock, what it changed, and how it was before.
    const { halves, words } = openCounterFile(path);
    const gone = Bun.spawnSync([process.execPath, "-e", "console.log(process.pid)"]).stdout.toString();
    const usedAt = words.findIndex((each, index) => each === 4 && index > 200_000);
    const undoAt = 64 + 512;
    words[undoAt] = usedAt;
    words[undoAt + 1] = words[usedAt] as number;
    halves[half.undoCount] = 1;
    words[usedAt] = 9;
    halves[half.lock] = -Number(gone);
    expect(usedOf(store, meter)).toMatchObject({ used: 4 });
    store.close();
  });
});

describe("room", () => {
  test("256 windows move on at once", () => {
    let nowMs = 1_800_000_000_000;
    const store = openSharedCounterStore({ path: null, uptimeMs: () => nowMs, nowMs: () => nowMs });
    const all = Array.from({ length: 256 }, (_, index) =>
      takeOf(meterOf(`w ${index}`, 500, { kind: "sliding", lengthMs: 128_000 })),
    );
    for (let step = 0; step < 129; step += 1, nowMs += 1000) expect(taken(store, ...all).isAdmitted).toBe(true);
    nowMs += 1_000_000;
    expect(taken(store, ...all).standings.every(({ used }) => used === 1)).toBe(true);
    store.close();
  });

  test("keys without end replace those whose window is over, then the oldest, never money or what is held", () => {
    const store = openSharedCounterStore({ path: null });
    const budget = meterOf("the budget", 100);
    taken(store, takeOf(budget, { amount: 40 }));
    const held = { ...meterOf("held", 100), isLasting: false };
    taken(store, takeOf(held, { amount: 30, isHeld: true }));
    const flood = 150_000;
    for (let index = 0; index < flood; index += 1) {
      taken(store, takeOf({ ...meterOf(`user ${index}`, 10), isLasting: false }));
    }
    expect(usedOf(store, budget)).toMatchObject({ used: 40 });
    expect(usedOf(store, held)).toMatchObject({ used: 30, held: 30 });
    expect(usedOf(store, { ...meterOf(`user ${flood - 1}`, 10) })).toMatchObject({ used: 1 });
    expect(store.losses.replaced).toBeGreaterThan(flood - 65_536 - 10);
    expect(store.losses.uncounted).toBe(0);
    store.close();
  });

  test("a file of something else is set aside and begun anew", () => {
    using directory = temporaryDirectory();
    const path = join(directory.path, "counters");
    expect(prepareCounterFile(path)).toBe("created");
    const size = statSync(path).size;
    expect(prepareCounterFile(path)).toBe("kept");
    truncateSync(path, 4096);
    expect(() => openSharedCounterStore({ path })).toThrow("holds no counters");
    expect(prepareCounterFile(path)).toBe("replaced");
    writeFileSync(path, Buffer.alloc(size, 7));
    expect(prepareCounterFile(path)).toBe("replaced");
    expect(prepareCounterFile(path)).toBe("kept");
    expect(statSync(`${path}.unusable`).size).toBe(size);
  });
});
