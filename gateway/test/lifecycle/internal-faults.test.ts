import { expect, test } from "bun:test";
import type { RequestFault } from "../../src/pipeline/gateway.ts";
import type { CounterStore } from "../../src/stores/ports/counter-store.ts";
import { startGateway } from "../support/start-gateway.ts";

/** A store that breaks its contract: it throws. */
const broken: CounterStore = {
  take() {
    throw new Error("cannot read /srv/secret-place: key sk-inside");
  },
  peek: () => [],
  settle: () => null,
  losses: { uncounted: 0, replaced: 0 },
  close() {},
};

test("a fault of ours is told to the client by a reference, and to the log by its text", async () => {
  const faults: RequestFault[] = [];
  const gateway = await startGateway({
    shared: { counters: broken },
    gateways: { limited: { rate_limiting_limit: 5, rate_limiting_interval: 60 } },
    onFault: (fault) => void faults.push(fault),
  });
  const answer = await fetch(`${gateway.url}/v1/default/limited/openai/chat/completions`, {
    method: "POST",
    body: '{"model":"m"}',
  });
  const text = await answer.text();
  const requestId = answer.headers.get("cf-aig-request-id") as string;
  expect(answer.status).toBe(500);
  expect(text).not.toMatch(/secret-place|sk-inside/);
  expect(JSON.parse(text)).toMatchObject({
    internalCode: 7000,
    message: `Internal error; the log tells more of request ${requestId}`,
  });
  expect(faults).toMatchObject([{ requestId, error: new Error("cannot read /srv/secret-place: key sk-inside") }]);
  expect(gateway.records()).toMatchObject([{ requestId, errorCode: 7000, statusCode: 500, outcome: "refused" }]);
  await gateway.stop();
});
