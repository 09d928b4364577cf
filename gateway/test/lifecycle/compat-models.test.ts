import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { requestOnce } from "../support/raw-client.ts";
import { startCompatPair } from "../support/start-compat-pair.ts";
import type { CompatPair } from "../support/start-compat-pair.ts";

let pair: CompatPair;

beforeAll(async () => {
  pair = await startCompatPair();
});
afterEach(() => pair.upstream.forget());
afterAll(() => pair.stop());

describe("D5 the list of models", () => {
  test.each([`/v1/default/default/compat/models`, "/v1/default/default/compat/v1/models", "/compat/models?x=1"])(
    "%s",
    async (target) => {
      const count = pair.gateway.recordCount();
      const answer = await requestOnce(pair.gateway.port, { method: "GET", target, headerLines: ["host: a"] });
      expect(answer.status).toBe(200);
      expect(answer.header("content-type")).toBe("application/json");
      expect(answer.header("cf-aig-step")).toBe("0");
      const { object, data } = JSON.parse(answer.body.toString()) as {
        object: string;
        data: readonly Record<string, unknown>[];
      };
      expect(object).toBe("list");
      const keys = ["id", "object", "created", "created_at", "cost_in", "cost_out", "owned_by"];
      for (const row of data) expect(Object.keys(row)).toEqual(keys);
      const ids = data.map(({ id }) => id);
      expect(ids).toContain("openai/gpt-4o-mini");
      expect(ids).toContain("custom-own/*");
      expect(ids).not.toContain("custom-claude/*");
      expect(pair.gateway.recordCount()).toBe(count);
    },
  );

  test("HEAD has its head alone; an unknown gateway has no list", async () => {
    const head = await requestOnce(pair.gateway.port, {
      method: "HEAD",
      target: "/compat/models",
      headerLines: ["host: a"],
    });
    expect([head.status, head.body.length]).toEqual([200, 0]);
    expect(Number(head.header("content-length"))).toBeGreaterThan(10_000);
    const unknown = await requestOnce(pair.gateway.port, {
      method: "GET",
      target: "/v1/default/nowhere/compat/models",
      headerLines: ["host: a"],
    });
    expect(JSON.parse(unknown.body.toString())).toMatchObject({ internalCode: 2001 });
  });
});
