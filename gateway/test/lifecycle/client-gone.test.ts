import { expect, test } from "bun:test";
import { bodyBytes } from "../support/recordings.ts";
import { openRawClient } from "../support/raw-client.ts";
import { startReplayUpstream } from "../support/replay-upstream.ts";
import { sampleExchange } from "../support/samples.ts";
import { startGateway } from "../support/start-gateway.ts";
import { until } from "../support/until.ts";

test("a client that leaves at any moment leaves exactly one record", async () => {
  const plain = sampleExchange("openai-chat");
  const upstream = startReplayUpstream({ exchanges: [plain] });
  const gateway = await startGateway({ providers: { openai: { base_url: `${upstream.url}/v1`, dialect: null } } });
  const rounds = 60;
  const request = {
    method: "POST",
    target: "/openai/chat/completions",
    headerLines: ["host: a", "content-type: application/json", `x-replay-id: ${plain.id}`],
    body: bodyBytes(plain.request),
  };
  for (let round = 0; round < rounds; round += 1) {
    const client = await openRawClient({ port: gateway.port });
    await client.request(request);
    // From before the gateway has read the request to after it has answered.
    if (round % 4 > 0) await Bun.sleep((round % 4) * 0.4);
    client.reset();
  }
  await until("every request that arrived has a record", () => upstream.requests.length <= gateway.records().length);
  const ids = gateway.records().map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.length).toBeLessThanOrEqual(rounds);
  expect(gateway.records().every(({ outcome }) => outcome === "complete" || outcome === "client_aborted")).toBe(true);
  await gateway.stop();
  await upstream.stop();
});
