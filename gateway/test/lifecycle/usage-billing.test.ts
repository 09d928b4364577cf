import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import {
  createUsageBilling,
  type UsageBilling,
  type UsageBillingOptions,
} from "../../src/billing/create-usage-billing.ts";
import type { ExchangeRecord } from "../../src/core/exchange.ts";
import { stripeMetering } from "../../src/providers/metering/stripe.ts";
import { startChatUpstream } from "../support/chat-upstream.ts";
import { isProcessAlive, runHeadgateProcess, servedUrl } from "../support/headgate-process.ts";
import { startMeteringReceiver } from "../support/metering-receiver.ts";
import { sampleEntry } from "../support/sample-entry.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { until } from "../support/until.ts";

const payload = JSON.stringify({
  event_name: "tokens",
  payload: { stripe_customer_id: "$metadata_customerId", value: "$output_tokens" },
});
const gateway = {
  accountId: "default",
  gatewayId: "default",
  settings: { authorization: "env:KEY", usage_events: [{ payload }] },
};

interface Started {
  readonly billing: UsageBilling;
  readonly failures: string[];
  readonly refused: string[];
}

function start(directory: string, url: string, changes: Partial<UsageBillingOptions> = {}): Started {
  const failures: string[] = [];
  const refused: string[] = [];
  const billing = createUsageBilling({
    gateways: [gateway],
    directory,
    service: { ...stripeMetering, url },
    resolveKey: async () => "sk_test_1",
    onFailure: (name, cause) => failures.push(`${name} ${cause}`),
    onRefused: (name, { cause, count }) => refused.push(`${name} ${cause} ${count}`),
    limits: { maxBatchAgeMs: 10, retryDelayMs: 10 },
    ...changes,
  });
  return { billing, failures, refused };
}

const used = (changes: Partial<ExchangeRecord> = {}) =>
  sampleEntry({ createdAtMs: Date.now(), metadata: { customerId: "cus_1" }, ...changes });

describe("usage events", () => {
  test("arrive as the service wants them, with the record's id and time", async () => {
    using directory = temporaryDirectory();
    await using receiver = startMeteringReceiver();
    const { billing, failures } = start(directory.path, receiver.url);
    const entry = used();
    await billing.prepare?.([entry, used({ gatewayId: "other" }), used({ success: false, outcome: "superseded" })]);
    await until("the event", () => receiver.events.size === 1);
    await billing.stop(1000);
    expect(receiver.requests).toEqual([
      {
        authorization: "Bearer sk_test_1",
        form: {
          event_name: "tokens",
          identifier: `${entry.record.id}-0`,
          timestamp: String(Math.floor(entry.record.createdAtMs / 1000)),
          "payload[stripe_customer_id]": "cus_1",
          "payload[value]": String(entry.record.usage?.outputTokens),
        },
      },
    ]);
    expect(failures).toEqual([]);
    const lostEvents = { incomplete: 0, refused: 0, expired: 0, no_room: 0, unreadable: 0 };
    expect(billing.states()).toEqual([
      { name: "default/default", waitingBytes: 0, deliveredEvents: 1, lostEvents, failedTries: 0 },
    ]);
  });

  test("are tried again until they are taken; one that was taken and not told so counts once", async () => {
    using directory = temporaryDirectory();
    await using receiver = startMeteringReceiver();
    receiver.answers.push(
      () => new Response(null, { status: 500 }),
      () => Response.redirect(`${receiver.url}/elsewhere`, 307),
      () => new Response(null, { status: 401 }),
      () => new Response(null, { status: 429, headers: { "retry-after": "0" } }),
      () => null,
    );
    const { billing, failures, refused } = start(directory.path, receiver.url);
    await billing.prepare?.([used()]);
    await until("the event, again", () => billing.states()[0]?.deliveredEvents === 1);
    await billing.stop(1000);
    expect(failures).toEqual(["500", "307", "401", "429", "503"].map((cause) => `default/default ${cause}`));
    expect([receiver.events.size, receiver.requests.length, receiver.contradictions]).toEqual([1, 6, []]);
    expect(refused).toEqual([]);
  });

  test("of one customer and meter go one after the other, those of several side by side", async () => {
    using directory = temporaryDirectory();
    await using receiver = startMeteringReceiver();
    const { billing } = start(directory.path, receiver.url);
    const entries = Array.from({ length: 300 }, (_, index) => used({ metadata: { customerId: `cus_${index % 20}` } }));
    await billing.prepare?.(entries);
    await until("all events", () => receiver.events.size === 300, 5000);
    await billing.stop(1000);
    expect(receiver.mostPerLane).toBe(1);
    expect(receiver.requests).toHaveLength(300);
  });

  test("the service does not want, and those that are too old or lack something, hold up no other and are counted", async () => {
    using directory = temporaryDirectory();
    await using receiver = startMeteringReceiver();
    receiver.answers.push(() => Response.json({ error: { message: "No such customer" } }, { status: 400 }));
    const { billing, refused } = start(directory.path, receiver.url);
    const old = used({ createdAtMs: Date.now() - 36 * 86_400_000 });
    await billing.prepare?.([used(), used(), old, used({ metadata: null })]);
    await until("the event", () => receiver.events.size === 1);
    await billing.stop(1000);
    expect(refused).toEqual(["default/default 400 1"]);
    expect(billing.states()[0]).toMatchObject({
      deliveredEvents: 1,
      waitingBytes: 0,
      lostEvents: { incomplete: 1, refused: 1, expired: 1 },
    });
  });

  test("wait for their key, for the service and for the next process; no key lies on the disk", async () => {
    using directory = temporaryDirectory();
    await using receiver = startMeteringReceiver();
    const first = start(directory.path, receiver.url, { resolveKey: async () => null });
    await first.billing.prepare?.([used(), used()]);
    await until("a failure", () => first.failures.length > 1);
    await first.billing.stop(0);
    expect(new Set(first.failures)).toEqual(new Set(["default/default secret_missing"]));
    const files = readdirSync(directory.path, { recursive: true, encoding: "utf8" }).map((name) =>
      join(directory.path, name),
    );
    const kept = files.filter((path) => statSync(path).isFile()).map((path) => Bun.gunzipSync(readFileSync(path)));
    expect(kept).toHaveLength(1);
    expect(new TextDecoder().decode(kept[0])).not.toContain("env:KEY");

    const gone = start(directory.path, "http://127.0.0.1:1/");
    await until("a failure", () => gone.failures.length > 0);
    await gone.billing.stop(0);
    expect(gone.failures[0]).toBe("default/default no_connection");

    const last = start(directory.path, receiver.url);
    await until("the events", () => receiver.events.size === 2);
    await last.billing.stop(1000);
    expect(last.billing.states()[0]).toMatchObject({ deliveredEvents: 2, waitingBytes: 0 });
  });

  test("beyond their room go, the oldest first, and are counted", async () => {
    using directory = temporaryDirectory();
    await using receiver = startMeteringReceiver();
    const limits = { maxBatchBytes: 1000, maxWaitingBytes: 5000, maxBatchAgeMs: 10, retryDelayMs: 10 };
    const full = start(directory.path, "http://127.0.0.1:1/", { limits });
    const entries = Array.from({ length: 100 }, () => used());
    for (const entry of entries) await full.billing.prepare?.([entry]);
    await full.billing.stop(0);
    const lost = full.billing.states()[0]?.lostEvents.no_room ?? 0;
    expect(lost).toBeGreaterThan(50);
    const next = start(directory.path, receiver.url);
    await until("the rest", () => next.billing.states()[0]?.waitingBytes === 0);
    await next.billing.stop(1000);
    expect(receiver.events.size).toBe(100 - lost);
    expect(receiver.events.has(`${entries.at(-1)?.record.id}-0`)).toBe(true);
  });

  test("are all there when the process is killed again and again, each counted once", async () => {
    using directory = temporaryDirectory();
    await using receiver = startMeteringReceiver();
    const acknowledged: string[] = [];
    for (let round = 0; round < 5; round += 1) {
      receiver.answers.push(
        () => new Response(null, { status: 503 }),
        () => null,
        () => null,
      );
      const program = join(import.meta.dir, "../support/billing-until-killed.ts");
      const child = Bun.spawn([process.execPath, program, directory.path, receiver.url, payload], {
        stdout: "pipe",
        stderr: "inherit",
      });
      const reading = child.stdout.text();
      const before = receiver.events.size;
      await until("some events", () => receiver.events.size > before + 20 + round * 7, 10_000);
      child.kill("SIGKILL");
      await child.exited;
      const output = await reading;
      acknowledged.push(...output.slice(0, output.lastIndexOf("\n")).split("\n"));
    }
    const { billing } = start(directory.path, receiver.url);
    await until("the rest", () => billing.states()[0]?.waitingBytes === 0, 10_000);
    await billing.stop(1000);
    expect(acknowledged.length).toBeGreaterThan(150);
    expect(acknowledged.filter((id) => !receiver.events.has(`${id}-0`))).toEqual([]);
    expect(receiver.contradictions).toEqual([]);
    // At most the record that each killed process had taken and not acknowledged yet.
    expect(receiver.events.size - acknowledged.length).toBeLessThanOrEqual(5);
  }, 60_000);
});

/** Children of a process that run now, by the kernel's word. */
function childrenOf(pid: number): number[] {
  const path = `/proc/${pid}/task/${pid}/children`;
  return readFileSync(path, "utf8").trim().split(" ").filter(Boolean).map(Number);
}

test.skipIf(!existsSync("/proc/self/task"))(
  "after kills of workers, of the control process and of all, every answer a client received is told to the billing service",
  async () => {
    using directory = temporaryDirectory();
    await using receiver = startMeteringReceiver();
    using upstream = startChatUpstream();
    const yaml = [
      `providers: { openai: { base_url: "${upstream.url}/v1" } }`,
      `billing: { meter_events_url: "${receiver.url}" }`,
      `accounts: { default: { gateways: { default: { stripe: { authorization: "env:BILLING_KEY", usage_events: [{ payload: '${payload}' }] } } } } }`,
      "",
    ].join("\n");
    const answered: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      const headgate = runHeadgateProcess({
        args: ["serve"],
        yaml,
        directory: directory.path,
        environment: { HEADGATE_WORKERS: "1", BILLING_KEY: "sk_test_whole" },
      });
      const url = await servedUrl(headgate);
      let isOver = false;
      const asking = askUntil(url, () => isOver);
      const before = receiver.events.size;
      for (let kill = 0; kill < 3; kill += 1) {
        await Bun.sleep(400);
        const children = childrenOf(headgate.pid);
        const victim = children[kill % children.length] as number;
        process.kill(victim, "SIGKILL");
        await headgate.until(() => !isProcessAlive(victim) && childrenOf(headgate.pid).length >= 2);
      }
      await headgate.until(() => receiver.events.size > before);
      isOver = true;
      answered.push(...(await asking));
      // The last one is asked to end; the others are killed, and all their children with them.
      const children = childrenOf(headgate.pid);
      if (round < 2) for (const pid of [headgate.pid, ...children]) process.kill(pid, "SIGKILL");
      else {
        await headgate.until(() => answered.every((id) => receiver.events.has(`${id}-0`)));
        headgate.kill("SIGTERM");
      }
      await headgate.exited();
      await headgate.until(() => !children.some(isProcessAlive));
    }
    expect(answered.length).toBeGreaterThan(100);
    expect(receiver.contradictions).toEqual([]);
    const values = answered.map((id) => receiver.events.get(`${id}-0`)?.["payload[value]"]);
    expect(new Set(values)).toEqual(new Set(["10"]));
    expect(new Set(receiver.requests.map(({ authorization }) => authorization))).toEqual(
      new Set(["Bearer sk_test_whole"]),
    );
  },
  90_000,
);

/** Asks until told to stop; answers the log ids of the answers that came whole. */
async function askUntil(url: string, isOver: () => boolean): Promise<string[]> {
  const ids: string[] = [];
  while (!isOver()) {
    try {
      const response = await fetch(`${url}/openai/chat/completions`, {
        method: "POST",
        headers: { "content-type": "application/json", "cf-aig-metadata": '{"customerId":"cus_1"}' },
        body: JSON.stringify({ model: "gpt-4o-mini", messages: [{ role: "user", content: "hi" }] }),
      });
      const body = await response.text();
      if (response.status === 200 && body !== "") ids.push(response.headers.get("cf-aig-log-id") as string);
      await Bun.sleep(3);
    } catch {
      await Bun.sleep(5);
    }
  }
  return ids;
}
