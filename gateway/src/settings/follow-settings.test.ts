import { expect, test } from "bun:test";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { temporaryDirectory } from "../../test/support/temporary-directory.ts";
import { until } from "../../test/support/until.ts";
import { hashToken, newTokenText } from "../access/token-text.ts";
import { stageFile } from "../core/stage-file.ts";
import type { StoredObject } from "../stores/ports/settings-store.ts";
import { followSettings, type LiveSettings } from "./follow-settings.ts";
import { settingsFileText, type ToldPart } from "./settings-file.ts";

const tokenHashKey = Buffer.alloc(32, 7);
const toldPart = { startId: "this", accounts: {}, providers: {} };
const part = { host: "127.0.0.1", accounts: {}, providers: {} };
const times = { source: "store", createdAtMs: 1, modifiedAtMs: 1 } as const;
const gateway = (id: string, value: object = {}): StoredObject => {
  return { accountId: "default", kind: "gateway", id, value: { ...value }, ...times };
};
const provider = (base_url: string): StoredObject => {
  const value = { name: "V", slug: "vllm", base_url, dialect: "openai-chat", enable: true };
  return { accountId: "default", kind: "custom-provider", id: "p1", value, ...times };
};

async function withFile(
  run: (told: {
    live: LiveSettings;
    write: (objects: StoredObject[], version: number, told?: ToldPart) => void;
    faults: string[];
    path: string;
  }) => Promise<void>,
): Promise<void> {
  using directory = temporaryDirectory();
  const path = join(directory.path, "settings.json");
  const faults: string[] = [];
  const keys = { tokenHashKey };
  const live = followSettings({ path, part, startId: "this", keys, onFault: (fault) => faults.push(fault) });
  const write = (objects: StoredObject[], version: number, told: ToldPart = toldPart): void =>
    stageFile(path, settingsFileText({ version, objects }, told)).commit();
  try {
    await run({ live, write, faults, path });
  } finally {
    live.stop();
  }
}

test("without a file there is the account default with an open gateway default", () =>
  withFile(async ({ live }) => {
    expect(Object.keys(live.current.accounts)).toEqual(["default"]);
    expect(live.current.accounts["default"]?.gateways["default"]?.authentication).toBe(false);
    expect(live.current.accounts["constructor"]).toBeUndefined();
  }));

test("a new file is in use within a second; fields it lacks take their defaults", () =>
  withFile(async ({ live, write }) => {
    write([gateway("g", { cache_ttl: 7 }), provider("https://v.example/v1/")], 3);
    await until("the new settings", () => live.current.version === 3);
    const account = live.current.accounts["default"];
    expect(account?.gateways["g"]).toMatchObject({ cache_ttl: 7, collect_logs: true });
    expect(account?.providers.get("custom-vllm")?.base.fixed?.hostHeader).toBe("v.example");
    write([gateway("g")], 4);
    await until("the new settings", () => live.current.version === 4);
    expect(live.current.accounts["default"]?.providers.get("custom-vllm")).toBeUndefined();
  }));

test("a file that cannot be used is told of once, and what was before stays", () =>
  withFile(async ({ live, write, faults, path }) => {
    write([gateway("g")], 1);
    await until("the new settings", () => live.current.version === 1);
    for (const text of ["{", '{"format":2}', '{"format":1,"version":2,"objects":[{"kind":"x"}]}']) {
      const before = faults.length;
      stageFile(path, text).commit();
      await until("the new settings", () => faults.length > before);
      await Bun.sleep(300);
      expect(faults.length).toBe(before + 1);
    }
    write([provider("ftp://nowhere")], 2);
    await until("the new settings", () => faults.some((fault) => fault.includes("custom-vllm")));
    expect(live.current.version).toBe(1);
    write([gateway("h")], 5);
    await until("the new settings", () => live.current.version === 5);
  }));

test("tokens are found by their text, those of the whole installation count in every account", () =>
  withFile(async ({ live, write }) => {
    const text = newTokenText(randomBytes);
    const token = (accountId: string, secret: string): StoredObject => {
      const value = { name: "ci", hash: hashToken(tokenHashKey, secret), groups: ["AI Gateway Run"], status: "active" };
      return { accountId, kind: "token", id: `token of ${accountId}`, value, ...times };
    };
    const other = newTokenText(randomBytes);
    write([token("default", text), token("", other)], 2);
    await until("the new settings", () => live.current.version === 2);
    expect(live.current.tokenOf(text)).toMatchObject({ id: "token of default", accountId: "default" });
    expect(live.current.tokenOf(other)).toMatchObject({ accountId: "*" });
    expect(live.current.tokenOf(hashToken(tokenHashKey, text))).toBeNull();
    expect(live.current.tokenOf("undefined")).toBeNull();
  }));

test("what the configuration file says since the start counts; what it said at another start does not", () =>
  withFile(async ({ live, write }) => {
    const accounts = { later: { gateways: {}, logpush: [], providers: {} } };
    const providers = { openai: { base_url: "http://127.0.0.1:9", dialect: null } };
    write([], 1, { startId: "another", accounts, providers });
    await until("the first file", () => live.current.version === 1);
    expect(Object.keys(live.current.accounts)).toEqual(["default"]);
    write([], 2, { startId: "this", accounts, providers });
    await until("the second file", () => live.current.version === 2);
    expect(Object.keys(live.current.accounts)).toEqual(["later"]);
    expect(live.current.accounts["later"]?.providers.get("openai")?.base.fixed?.hostHeader).toBe("127.0.0.1:9");
  }));
