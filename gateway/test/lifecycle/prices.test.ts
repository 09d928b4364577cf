import { expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type HeadgateProcess,
  localCredential,
  runHeadgateProcess,
  servedUrl,
  waitFor,
} from "../support/headgate-process.ts";
import { requestOnce } from "../support/raw-client.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const WORKERS = 2;
const answer = {
  id: "chatcmpl-1",
  object: "chat.completion",
  model: "house-model",
  choices: [{ index: 0, message: { role: "assistant", content: "hello" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 1000, completion_tokens: 200, total_tokens: 1200 },
};

/** `cf-aig-cost` of an answer, over a connection of its own so that any worker may take it; null without. */
async function costNow(url: string): Promise<string | null> {
  const response = await requestOnce(Number(new URL(url).port), {
    method: "POST",
    target: "/custom-gpu/chat/completions",
    headerLines: ["host: a", "content-type: application/json"],
    body: Buffer.from(JSON.stringify({ model: "house-model", messages: [{ role: "user", content: "hi" }] })),
  });
  expect(response.status).toBe(200);
  return response.header("cf-aig-cost") ?? null;
}

async function costsNow(url: string): Promise<(string | null)[]> {
  return [...new Set(await Promise.all(Array.from({ length: 24 }, () => costNow(url))))];
}

async function headgateCommand(args: readonly string[], url: string, token: string) {
  const environment = { HEADGATE_URL: url, HEADGATE_ADMIN_TOKEN: token };
  const command = runHeadgateProcess({ args: ["prices", ...args], environment });
  const status = await command.exited();
  const [out, err] = [command.stdout(), command.stderr()];
  await command[Symbol.asyncDispose]();
  return { status, out, err };
}

test("an unpriced model is listed, priced through the API in every worker within a second, and after a restart", async () => {
  const upstream = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => Response.json(answer) });
  using directory = temporaryDirectory();
  const start = (): HeadgateProcess =>
    runHeadgateProcess({
      directory: directory.path,
      yaml: `providers:\n  custom-gpu: { base_url: "http://127.0.0.1:${upstream.port}", dialect: openai-chat }\n`,
      environment: { HEADGATE_WORKERS: String(WORKERS), HEADGATE_DATA: join(directory.path, "data") },
    });
  try {
    {
      await using headgate = start();
      const url = await servedUrl(headgate);
      const headers = localCredential(join(directory.path, "data"));
      const token = headers.authorization.slice("Bearer ".length);
      const get = async (path: string) =>
        (await (await fetch(`${url}${path}`, { headers })).json()) as { result: unknown[] };
      const set = (prices: object) =>
        fetch(`${url}/api/prices/overrides`, {
          method: "POST",
          headers,
          body: JSON.stringify({ provider: "custom-gpu", model: "house-model", prices }),
        });
      expect(await costsNow(url)).toEqual([null]);
      const deadlineMs = performance.now() + 10_000;
      let rows: unknown[] = [];
      while (rows.length === 0 && performance.now() < deadlineMs) {
        ({ result: rows } = await get("/api/prices/unpriced"));
        await Bun.sleep(50);
      }
      expect(rows).toMatchObject([{ provider: "custom-gpu", model: "house-model", has_price: false }]);
      const listed = await headgateCommand(["unpriced"], url, token);
      expect([listed.status, listed.out]).toEqual([0, expect.stringContaining("custom-gpu/house-model")]);

      expect((await set({ input_per_million: 2, output_per_million: 10 })).status).toBe(200);
      await Bun.sleep(1000);
      expect(await costsNow(url)).toEqual(["0.004"]);
      expect((await set({ input_per_million: -2 })).status).toBe(400);

      // A file that is no prices changes nothing, and is soon the right one again.
      const path = join(directory.path, "data", "prices.json");
      const good = readFileSync(path, "utf8");
      writeFileSync(path, good.slice(0, -20));
      await waitFor(() => readFileSync(path, "utf8") === good, headgate.stderr);
      expect(headgate.logged("price_file_refused")[0]).toMatchObject({ problem: "file: expected JSON" });
      expect(await costsNow(url)).toEqual(["0.004"]);

      const command = await headgateCommand(
        ["set", "--provider", "custom-gpu", "--model", "house-model", "--input", "1.5", "--output", "5"],
        url,
        token,
      );
      expect([command.err, command.status]).toEqual(["", 0]);
      await Bun.sleep(1000);
      expect(await costsNow(url)).toEqual(["0.0025"]);
      const shown = await headgateCommand(["--provider", "custom-gpu", "--model", "house-model"], url, token);
      expect([shown.status, shown.out]).toEqual([0, expect.stringContaining("input_per_million  1.5")]);
      const refused = await headgateCommand(
        ["set", "--provider", "nobody", "--model", "m", "--input", "1"],
        url,
        token,
      );
      expect([refused.status, refused.err]).toEqual([64, expect.stringContaining("body.provider")]);
    }
    // What the workers read is made anew from the store.
    writeFileSync(join(directory.path, "data", "prices.json"), "torn");
    await using again = start();
    const url = await servedUrl(again);
    await Bun.sleep(1000);
    expect(await costsNow(url)).toEqual(["0.0025"]);
    const { result } = (await (
      await fetch(`${url}/api/prices/overrides`, { headers: localCredential(join(directory.path, "data")) })
    ).json()) as { result: unknown[] };
    expect(result).toHaveLength(2);
  } finally {
    await upstream.stop(true);
  }
}, 60_000);
