import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseConfig } from "../config/load-config.ts";
import { testKeyMaterial } from "../../test/support/test-keys.ts";
import { temporaryDirectory } from "../../test/support/temporary-directory.ts";
import { startControl } from "./start-control.ts";

type Ask = (path: string, init?: RequestInit) => Promise<Response>;

/** Runs `body` against a control role that serves `files`, laid out by path. */
async function withControl(files: Readonly<Record<string, string>>, body: (ask: Ask, socket: string) => Promise<void>) {
  using directory = temporaryDirectory();
  const dashboardDirectory = join(directory.path, "dist");
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(dashboardDirectory, path, ".."), { recursive: true });
    writeFileSync(join(dashboardDirectory, path), text);
  }
  const socketPath = join(directory.path, "control.sock");
  writeFileSync(socketPath, "left behind");
  const control = await startControl({
    config: parseConfig(null, { HEADGATE_DATA: directory.path }, { providerSlugs: [] }).config,
    socketPath,
    dashboard: dashboardDirectory,
    documentation: join(directory.path, "docs"),
    adminToken: null,
    startId: "start",
    configFile: null,
    keys: testKeyMaterial,
    log: () => {},
  });
  try {
    await body((path, init) => fetch(`http://control${path}`, { ...init, unix: socketPath }), socketPath);
  } finally {
    await control.stop(0);
  }
  expect(existsSync(socketPath)).toBe(false);
}

const html = "<!doctype html><title>Dashboard</title><style>b{}</style><script src=/assets/a.js></script>";

test("serves the built files and nothing beside them", () =>
  withControl({ "index.html": html, "assets/a-1.js": "1", ".built-from": "key" }, async (ask, socket) => {
    expect(statSync(socket).mode & 0o777).toBe(0o600);
    const page = await ask("/");
    expect(await page.text()).toBe(html);
    expect(page.headers.get("cache-control")).toBe("no-cache");
    const script = await ask("/assets/a-1.js");
    expect(script.headers.get("content-type")).toStartWith("text/javascript");
    expect(script.headers.get("cache-control")).toContain("immutable");
    expect(script.headers.get("x-content-type-options")).toBe("nosniff");
    for (const path of ["/ui", "/ui/", "/ui/logs?page=2"]) expect(await (await ask(path)).text()).toBe(html);
    for (const path of [
      "/uix",
      "/.built-from",
      "/assets/../.built-from",
      "/assets/%2e%2e/%2ebuilt-from",
      "/assets",
      "/nothing",
    ]) {
      expect((await ask(path)).status).toBe(404);
    }
    const head = await ask("/", { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
    expect((await ask("/", { method: "POST" })).status).toBe(404);
  }));

test("allows the page its own inline style by hash and nothing from elsewhere", () =>
  withControl({ "index.html": html }, async (ask) => {
    const policy = (await ask("/")).headers.get("content-security-policy") ?? "";
    const hash = createHash("sha256").update("b{}").digest("base64");
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self' 'sha256-" + hash + "'");
    expect(policy).not.toContain("unsafe");
    expect(policy).not.toContain("http");
  }));

test("has a plain page where nothing was built", () =>
  withControl({}, async (ask) => {
    const page = await ask("/");
    expect(page.status).toBe(200);
    expect(await page.text()).toContain("The gateway is running");
    expect(page.headers.get("content-security-policy")).toContain("'sha256-");
  }));

test("answers unknown paths with 7003 in the v4 envelope", () =>
  withControl({}, async (ask) => {
    for (const path of ["/client/v4/nothing", "/api/x", "/client/v4/%22"]) {
      const answer = await ask(path);
      expect(answer.status).toBe(404);
      expect(await answer.json()).toEqual({
        success: false,
        errors: [{ code: 7003, message: `Could not route to ${path}, perhaps your object identifier is invalid?` }],
        messages: [],
        result: null,
      });
    }
  }));
