import { afterAll, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "../../../test/support/temporary-directory.ts";
import { openEndpointEncoder } from "./endpoint-encoder.ts";
import { openIndexFile } from "./index-file.ts";
import { openThreadEncoder } from "./thread-encoder.ts";

const directory = temporaryDirectory();
afterAll(() => directory[Symbol.dispose]());

/** Why there is no vector. `rejects` of a matcher would keep threads from being heard. */
function faultOf(encoding: Promise<unknown>): Promise<string> {
  return encoding.then(
    () => "there is a vector",
    (error: Error) => error.message,
  );
}

function moduleOf(name: string, source: string): string {
  const path = join(directory.path, name);
  writeFileSync(path, source);
  return path;
}

test("the packaged encoder brings questions alike near each other, in a thread that leaves this one alone", async () => {
  const encoder = openThreadEncoder({ modulePath: null, maxMs: 20_000 });
  let turns = 0;
  const turning = setInterval(() => (turns += 1), 1);
  const [first, second, third] = (await Promise.all(
    ["How do I reset my password?", "how can I reset my password", "Is Pluto a planet?"].map((text) =>
      encoder.encode(text),
    ),
  )) as [Float32Array, Float32Array, Float32Array];
  clearInterval(turning);
  encoder.stop();
  const cosine = (left: Float32Array, right: Float32Array): number =>
    left.reduce((sum, number, index) => sum + number * (right[index] as number), 0);
  expect(first).toHaveLength(512);
  expect(cosine(first, first)).toBeCloseTo(1, 5);
  expect(cosine(first, second)).toBeGreaterThan(0.8);
  expect(cosine(first, third)).toBeLessThan(0.5);
  expect(turns).toBeGreaterThan(20);
}, 30_000);

test("a module is an encoder: one that dies, hangs or answers no vector fails that text, and the thread starts anew", async () => {
  const modulePath = moduleOf(
    "encoder.mjs",
    `export default async function () {
      return async (text) => {
        if (text === "die") process.exit(1);
        if (text === "throw") throw new Error("no such word");
        if (text === "hang") for (;;);
        if (text === "nothing") return [0, 0];
        return [3, 4];
      };
    }`,
  );
  const encoder = openThreadEncoder({ modulePath, maxMs: 1500 });
  expect(encoder.name).toBe(modulePath);
  expect([...(await encoder.encode("text"))]).toEqual([Math.fround(0.6), Math.fround(0.8)]);
  expect(await faultOf(encoder.encode("throw"))).toContain("no such word");
  expect(await faultOf(encoder.encode("nothing"))).toContain("expected numbers from the encoder that are not all 0");
  expect(await faultOf(encoder.encode("hang"))).toContain("more than 1500 ms");
  expect(await encoder.encode("text")).toHaveLength(2);
  expect(await faultOf(encoder.encode("die"))).toContain("ended");
  expect(await encoder.encode("text")).toHaveLength(2);
  encoder.stop();
}, 20_000);

test.each([
  ["no-function.mjs", "export default 3;", "to export a function as default, got number"],
  ["no-encoder.mjs", "export default () => 3;", "to answer a function, got number"],
  ["broken.mjs", "export default (", ""],
])("a module that is none says so: %s", async (name, source, problem) => {
  const encoder = openThreadEncoder({ modulePath: moduleOf(name, source), maxMs: 5000 });
  expect(await faultOf(encoder.encode("text"))).toContain(problem);
  encoder.stop();
});

test("an endpoint is an encoder", async () => {
  let respond = (): Response => Response.json({ data: [{ embedding: [3, 4] }] });
  const asked: unknown[] = [];
  using server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      asked.push([request.headers.get("authorization"), await request.json()]);
      return respond();
    },
  });
  const options = { url: `${server.url}v1/embeddings`, model: "m", key: "env:KEY", maxMs: 300 };
  const encoder = openEndpointEncoder({ ...options, resolveSecret: () => Promise.resolve("secret") });
  expect([...(await encoder.encode("text"))]).toEqual([Math.fround(0.6), Math.fround(0.8)]);
  expect(asked).toEqual([["Bearer secret", { model: "m", input: "text", encoding_format: "float" }]]);
  const fails = async (answer: () => Response, problem: string): Promise<void> => {
    respond = answer;
    expect(await faultOf(encoder.encode("text"))).toContain(problem);
  };
  await fails(() => new Response("no", { status: 500 }), "answered 500");
  await fails(() => Response.redirect(`${server.url}elsewhere`), "answered 302");
  await fails(() => new Response("x".repeat(2_000_000)), "more than 1048576 bytes");
  await fails(() => Response.json({ data: [] }), "expected 1 to 8192 numbers");
  await fails(() => Response.json({ data: [{ embedding: ["a"] }] }), "not all 0");
  await fails(() => new Response(new ReadableStream({ pull: () => Bun.sleep(1000) })), "");
  const keyless = openEndpointEncoder({ ...options, resolveSecret: () => Promise.resolve(null) });
  expect(await faultOf(keyless.encode("text"))).toContain("no secret behind env:KEY");
});

test("the file of an index keeps whole lines of its encoder, and nothing else", () => {
  const path = join(directory.path, "index.jsonl");
  const problems: string[] = [];
  const open = (encoder = "e", at = path) => openIndexFile(at, encoder, (problem) => problems.push(problem));
  const question = { partition: "p", key: "k", variant: "", text: "Wörter?\n", expiresAtMs: 5, stamp: [1, 2] };
  const kept = { ...question, vector: Float32Array.of(0.6, 0.8) };
  const first = open();
  expect(first.read()).toEqual([]);
  first.append(kept);
  first.append({ ...kept, key: "l" });
  writeFileSync(path, '{"partition":"p","vec', { flag: "a" });
  expect(open().read()).toEqual([kept, { ...kept, key: "l" }]);
  const third = open();
  third.write([kept]);
  expect(open().read()).toEqual([kept]);
  expect(open("other").read()).toEqual([]);
  expect(open().read()).toEqual([]);
  const nowhere = open("e", join(directory.path, "no", "index.jsonl"));
  nowhere.append(kept);
  nowhere.append(kept);
  expect(problems).toHaveLength(1);
});
