import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { compileProviders } from "../../src/providers/registry.ts";
import { comparableLines } from "../support/compare-replay.ts";
import { inParallel, keepClient } from "../support/kept-client.ts";
import type { KeptClient } from "../support/kept-client.ts";
import { recordedRoute } from "../support/recorded-route.ts";
import { findRecordings, readRecordings, recordedProviders } from "../support/recordings.ts";
import type { RecordedExchange } from "../support/recordings.ts";
import { startReplayPair } from "../support/replay-pair.ts";
import type { ReplayPair } from "../support/replay-pair.ts";
import { sampleExchanges } from "../support/samples.ts";

const concurrency = 16;
const recordings = findRecordings();
const providers = recordings === null ? [] : recordedProviders(recordings);
const builtIn = compileProviders({});
let pair: ReplayPair;

beforeAll(async () => {
  pair = await startReplayPair();
});
afterAll(() => pair.stop());

/** A recorded request that can be asked for at the compat address. */
interface CompatReplay {
  readonly exchange: RecordedExchange;
  readonly endpoint: "chat/completions" | "embeddings";
  readonly slug: string;
  /** The model as recorded, with its quotes. */
  readonly model: string;
}

/** Null for recordings of other endpoints, and of vendors that have none of this form. */
function compatReplay(exchange: RecordedExchange): CompatReplay | null {
  const endpoint = /(?:^|\/)(chat\/completions|embeddings)(?:\?.*)?$/.exec(exchange.request.url)?.[1];
  const { slug } = recordedRoute(exchange);
  const compat = builtIn.get(slug)?.provider.compat;
  if (endpoint === undefined || (compat === undefined && !slug.startsWith("custom-"))) return null;
  if (compat?.route !== undefined || exchange.request.method !== "POST") return null;
  const text = exchange.request.body;
  // Whoever the vendor is, the model stands near the front of its clients' bodies or at their end, once.
  const models = [...text.matchAll(/"model"\s*:\s*("(?:[^"\\]|\\.)+")/g)];
  if (models.length !== 1 || exchange.request.encoding !== "utf8") return null;
  try {
    const body = JSON.parse(text) as Record<string, unknown>;
    const isChat = Array.isArray(body["messages"]);
    const isEmbedding = typeof body["input"] === "string" || Array.isArray(body["input"]);
    if (typeof body["model"] !== "string" || !(endpoint === "embeddings" ? isEmbedding : isChat)) return null;
  } catch {
    return null;
  }
  return { exchange, endpoint: endpoint as CompatReplay["endpoint"], slug, model: models[0]?.[1] as string };
}

/** Sends one through the compat address and one to the vendor's own path; answers every difference. */
async function compare({ exchange, endpoint, slug, model }: CompatReplay, client: KeptClient): Promise<string[]> {
  const { upstream, gateway } = pair;
  upstream.add(exchange);
  const native = pair.prepare(exchange, "authorization: Bearer test-credential");
  const direct = await client.exchange(native);
  upstream.takeRequest(exchange.id);
  const text = exchange.request.body;
  const prefixed = text.replace(model, () => `"${slug}/${model.slice(1)}`);
  const target = `/v1/default/default/compat/${endpoint}`;
  const through = await client.exchange({ ...native, target, body: Buffer.from(prefixed) });
  const received = upstream.takeRequest(exchange.id);
  upstream.remove(exchange.id);
  const differences: string[] = [];
  const tell = (what: string): void => void differences.push(`${exchange.provider} ${exchange.id}: ${what}`);
  if (through.status !== direct.status) tell(`status ${through.status} instead of ${direct.status}`);
  if (!through.body.equals(direct.body)) tell("the answer differs");
  const lines = [direct, through].map(({ headerLines }) =>
    comparableLines(headerLines).filter((line) => !line.startsWith("cf-aig-")),
  );
  if (lines[0]?.join("\n") !== lines[1]?.join("\n")) tell("the answer's fields differ");
  const own = text.replace(model, () => JSON.stringify(JSON.parse(model)));
  if (received === undefined) return [...differences, `${exchange.provider} ${exchange.id}: nothing arrived`];
  if (!received.body().equals(Buffer.from(own))) tell("the request's body differs");
  if (!received.target.endsWith(`/${endpoint}`)) tell(`arrived at ${received.target}`);
  if (received.header("authorization") !== "Bearer test-credential") tell("the credential is lost");
  const [expected, record] = [direct, through].map((answer) => gateway.recordOf(answer.header("cf-aig-log-id") ?? ""));
  for (const name of ["provider", "model", "answerModel", "outcome", "streamed"] as const) {
    if (expected?.[name] !== record?.[name]) tell(`${name} ${record?.[name]} instead of ${expected?.[name]}`);
  }
  for (const name of ["usage", "cost"] as const) {
    if (!Bun.deepEquals(expected?.[name], record?.[name])) tell(`another ${name}`);
  }
  return differences;
}

async function compareAll(exchanges: AsyncIterable<RecordedExchange> | Iterable<RecordedExchange>) {
  const differences: string[] = [];
  let count = 0;
  const clients: KeptClient[] = [];
  await inParallel(exchanges, concurrency, {
    prepare: () => {
      const client = keepClient(pair.gateway.port);
      clients.push(client);
      return client;
    },
    async each(exchange, client) {
      const replay = compatReplay(exchange);
      if (replay === null) return;
      count += 1;
      differences.push(...(await compare(replay, client)));
    },
  });
  for (const client of clients) client.close();
  return { count, differences: differences.slice(0, 10) };
}

test("hand-written samples", async () => {
  const result = await compareAll(sampleExchanges);
  expect(result.count).toBeGreaterThan(3);
  expect(result.differences).toEqual([]);
});

describe.skipIf(recordings === null)(
  "D5 recorded calls arrive through the compat address as on the vendor's own path",
  () => {
    let total = 0;

    test.each(providers)(
      "%s",
      async (provider) => {
        const result = await compareAll(readRecordings(recordings as string, provider));
        total += result.count;
        expect(result.differences).toEqual([]);
      },
      60_000,
    );

    test("there were many", () => {
      expect(total).toBeGreaterThan(2000);
    });
  },
);
