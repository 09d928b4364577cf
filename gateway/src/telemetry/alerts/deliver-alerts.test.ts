import { afterEach, beforeEach, expect, test } from "bun:test";
import { createHmac } from "node:crypto";
import { join } from "node:path";
import { sampleEvent } from "../../../test/support/sample-event.ts";
import { temporaryDirectory } from "../../../test/support/temporary-directory.ts";
import { until } from "../../../test/support/until.ts";
import { systemClock } from "../../core/clock.ts";
import type { GatewayEvent } from "../../core/gateway-event.ts";
import { openDatabase, type SqliteDatabase } from "../../stores/sqlite/open-database.ts";
import { openSqliteEventStore } from "../../stores/sqlite/sqlite-event-store.ts";
import { openSqliteLogStore } from "../../stores/sqlite/sqlite-log-store.ts";
import { ownFetch } from "../otlp/send-spans.ts";
import { type AlertOptions, type Alerts, startAlerts } from "./deliver-alerts.ts";
import { signedFields } from "./sign-alert.ts";

const SECRET = "a secret of the test's";

let directory: ReturnType<typeof temporaryDirectory>;
let database: SqliteDatabase;
let received: { readonly headers: Headers; readonly body: string }[];
let answers: () => Response;
let receiver: ReturnType<typeof Bun.serve>;
let alerts: Alerts | null;
let causes: string[];

beforeEach(() => {
  directory = temporaryDirectory();
  database = openDatabase(join(directory.path, "headgate.db"));
  received = [];
  causes = [];
  alerts = null;
  answers = () => new Response("ok");
  receiver = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      received.push({ headers: request.headers, body: await request.text() });
      return answers();
    },
  });
});
afterEach(async () => {
  await alerts?.stop(0);
  await receiver.stop(true);
  database.close();
  directory[Symbol.dispose]();
});

function start(changes: Partial<AlertOptions> = {}): Alerts {
  alerts = startAlerts({
    webhook: { url: `http://127.0.0.1:${receiver.port}/alerts`, secret: "env:ALERT_SECRET" },
    events: openSqliteEventStore(database),
    resolveSecret: (reference) => Promise.resolve(reference === "env:ALERT_SECRET" ? SECRET : null),
    fetch: ownFetch,
    clock: systemClock,
    onFailure: (cause) => causes.push(cause),
    everyMs: 5,
    retryMs: 5,
    ...changes,
  });
  return alerts;
}

const event = (threshold: number): GatewayEvent =>
  sampleEvent({ threshold, atMs: Date.now(), sinceMs: Date.now() - 1000 });
const tell = (...events: GatewayEvent[]) => openSqliteLogStore(database).ingest([], [], events);
const thresholds = (): number[] => received.map(({ body }) => (JSON.parse(body) as { threshold: number }).threshold);

test("what comes is posted as the API tells it, in order, signed", async () => {
  await tell(event(10));
  start();
  await Bun.sleep(30);
  const [first, second] = [event(50), event(80)] as const;
  await tell(first, second);
  await until("both came", () => received.length === 2);
  expect(thresholds()).toEqual([50, 80]);
  const [{ headers, body } = { headers: new Headers(), body: "" }] = received;
  expect(JSON.parse(body)).toMatchObject({
    id: first.id,
    type: "budget_threshold",
    budget: "team",
    spent: 0.500000001,
  });
  expect([headers.get("content-type"), headers.get("webhook-id")]).toEqual(["application/json", first.id]);
  const at = headers.get("webhook-timestamp") as string;
  expect(Math.abs(Number(at) - Date.now() / 1000)).toBeLessThan(10);
  const signature = createHmac("sha256", SECRET).update(`${first.id}.${at}.${body}`).digest("base64");
  expect(headers.get("webhook-signature")).toBe(`v1,${signature}`);
});

test("one that is refused comes again until it is taken, before those behind it", async () => {
  const running = start();
  await Bun.sleep(20);
  answers = () => new Response("", { status: received.length < 3 ? 503 : 204 });
  await tell(event(50), event(80));
  await until("all came", () => running.state.delivered === 2);
  expect(thresholds()).toEqual([50, 50, 50, 80]);
  expect([causes, running.state]).toEqual([["503", "503"], { delivered: 2, failedDeliveries: 2, givenUp: 0 }]);
});

test("a restart goes on where it was, with what came meanwhile", async () => {
  start();
  await Bun.sleep(20);
  answers = () => new Response("", { status: 500 });
  await tell(event(50));
  await until("a try", () => received.length > 0);
  await alerts?.stop(0);
  await tell(event(80));
  received.length = 0;
  answers = () => new Response("");
  start();
  await until("both came", () => received.length === 2);
  expect(thresholds()).toEqual([50, 80]);
});

test("what nobody takes for three days is given up, so that the others are not held up", async () => {
  const running = start();
  await Bun.sleep(20);
  answers = () => new Response("", { status: thresholds().at(-1) === 50 ? 500 : 200 });
  const old = Date.now() - 4 * 86_400_000;
  await tell(sampleEvent({ threshold: 50, atMs: old, sinceMs: old }), event(80));
  await until("the next came", () => running.state.delivered === 1);
  expect(running.state).toEqual({ delivered: 1, failedDeliveries: 1, givenUp: 1 });
});

test("without its secret nothing is sent; redirects are not followed", async () => {
  start({ resolveSecret: () => Promise.resolve(null) });
  await Bun.sleep(20);
  await tell(event(50));
  await until("a failure", () => causes.length > 0);
  expect([received.length, causes[0]]).toEqual([0, "secret_missing"]);
  await alerts?.stop(0);
  causes = [];
  answers = () => Response.redirect(`http://127.0.0.1:${receiver.port}/elsewhere`, 302);
  start();
  await until("a try", () => causes.length > 1);
  expect(causes[0]).toBe("302");
});

test("a secret in base64 is taken as its bytes", () => {
  const alert = { id: "msg_1", atSeconds: 1, body: "{}" };
  expect(signedFields("whsec_YWJj", alert)).toEqual(signedFields("abc", alert));
});
