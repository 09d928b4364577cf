import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { startChatUpstream } from "../support/chat-upstream.ts";
import { startGateway, type StartedGateway } from "../support/start-gateway.ts";
import { stripComments } from "../support/strip-comments.ts";

const root = resolve(import.meta.dir, "../../..");
const page = readFileSync(join(root, "docs/reference/headers.md"), "utf8");
const sources = readdirSync(join(root, "gateway/src"), { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"))
  .map((path) => stripComments(readFileSync(join(root, "gateway/src", path), "utf8")));

const OWN = /cf-aig-[a-z0-9-]*[a-z0-9]|cf-cache-ttl|cf-skip-cache|cf-ai-req-id|x-session-affinity|x-fal-target-url/;
const namesIn = (text: string, border: string): string[] => [
  ...new Set(
    [...text.matchAll(new RegExp(`${border}(${OWN.source})${border}`, "g"))].map((match) => match[1] as string),
  ),
];

/** Rows of the page's first table: names, what values there are. */
const rows = (page.split("## Answers")[0] as string)
  .split("\n")
  .filter((line) => line.startsWith("| `"))
  .map((line) => line.split(" | ").map((cell) => cell.replace(/^\| /, "")))
  .map(([names = "", values = ""]) => ({ names: namesIn(names, "`"), values }));

test("docs/reference/headers.md names the fields that the code names, and no others", () => {
  const inCode = new Set(sources.flatMap((text) => namesIn(text, '"')));
  expect(inCode.size).toBeGreaterThan(30);
  expect(namesIn(page, "`").toSorted()).toEqual([...inCode].toSorted());
});

describe("the values that the page gives are those that are taken", () => {
  const upstream = startChatUpstream();
  let gateway: StartedGateway;
  beforeAll(async () => {
    gateway = await startGateway({ providers: { openai: { base_url: upstream.url, dialect: null } } });
  });
  afterAll(async () => {
    await gateway.stop();
    upstream[Symbol.dispose]();
  });
  const ask = async (name: string, value: string): Promise<string> => {
    const answer = await fetch(`${gateway.url}/v1/default/default/openai/chat/completions`, {
      method: "POST",
      headers: { [name]: value },
      body: '{"model":"m"}',
    });
    const { internalCode = 0, message = "" } = (await answer.json()) as { internalCode?: number; message?: string };
    return internalCode === 0 ? "taken" : `${internalCode}${message.includes(name) ? ` ${name}` : ""}`;
  };

  const ranged = rows.flatMap(({ names, values }) => {
    const [, least, most] = /^(\d+) to (\d+)(?:,|;|$)/.exec(values) ?? [];
    return most === undefined ? [] : [[names[0] as string, Number(least), Number(most)] as const];
  });
  test("ranges are found", () => expect(ranged.length).toBe(6));
  test.each(ranged)("%s: %d to %d", async (name, least, most) => {
    for (const value of [least, most]) expect([value, await ask(name, String(value))]).toEqual([value, "taken"]);
    for (const value of [String(least - 1), String(most + 1), "many", `${least}.5`, ""]) {
      expect([value, await ask(name, value)]).toEqual([value, `7001 ${name}`]);
    }
  });

  const worded = rows.flatMap(({ names, values }) => {
    if (!/^`[a-z-]+`(?:, `[a-z-]+`)* or `[a-z-]+`$/.test(values)) return [];
    return [[names[0] as string, [...values.matchAll(/`([a-z-]+)`/g)].map((match) => match[1] as string)] as const];
  });
  test("words are found", () => expect(worded.length).toBeGreaterThan(5));
  test.each(worded)("%s: %j", async (name, words) => {
    for (const word of words) expect([word, await ask(name, word)]).not.toEqual([word, `7001 ${name}`]);
    expect(await ask(name, "nonsense")).toBe(`7001 ${name}`);
  });
});
