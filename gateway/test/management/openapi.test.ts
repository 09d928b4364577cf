import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openPermissions, permissions } from "../../src/access/permissions.ts";
import { parseConfig } from "../../src/config/load-config.ts";
import { startControl } from "../../src/control/start-control.ts";
import type { OpenapiDocument } from "../../src/management/openapi/document.ts";
import type { RunningPart } from "../../src/supervisor/running-part.ts";
import { testKeyMaterial } from "../support/test-keys.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const directory = temporaryDirectory();
const socketPath = join(directory.path, "control.sock");
let control: RunningPart;
beforeAll(async () => {
  control = await startControl({
    config: parseConfig(null, { HEADGATE_DATA: directory.path }, { providerSlugs: [] }).config,
    socketPath,
    dashboard: directory.path,
    documentation: directory.path,
    adminToken: "needed for everything else",
    startId: "start",
    configFile: null,
    keys: testKeyMaterial,
    log: () => {},
  });
});
afterAll(async () => {
  await control.stop(0);
  directory[Symbol.dispose]();
});

const ask = (path: string) => fetch(`http://control${path}`, { unix: socketPath });
const document = async (): Promise<OpenapiDocument> => (await (await ask("/docs/openapi.json")).json()) as never;
const operations = async () => Object.values((await document()).paths).flatMap((methods) => Object.values(methods));

test("docs/reference/openapi.json is what is served (else bun gateway/src/control/write-openapi.ts)", async () => {
  const committed = readFileSync(join(import.meta.dir, "../../../docs/reference/openapi.json"), "utf8");
  const answer = await ask("/docs/openapi.json");
  expect(answer.headers.get("content-type")).toBe("application/json");
  expect(await answer.text()).toBe(committed);
});

test("every operation has a permission there is, a summary, an own id and schemas that resolve", async () => {
  const { components, tags } = await document();
  const found = await operations();
  expect(found.length).toBeGreaterThan(15);
  expect(new Set(found.map(({ operationId }) => operationId)).size).toBe(found.length);
  for (const operation of found) {
    expect(Object.keys({ ...permissions, ...openPermissions })).toContain(operation["x-permission"]);
    expect(operation.summary).toMatch(/^[A-Z].*[^.]$/);
    expect(tags.map(({ name }) => name)).toContain(operation.tags[0] as string);
    expect(Object.keys(operation.responses[200].content).length).toBeGreaterThan(0);
  }
  const references = [...JSON.stringify(await document()).matchAll(/"#\/components\/(\w+)\/(\w+)"/g)];
  expect(references.length).toBeGreaterThan(found.length);
  for (const [, kind, name] of references) {
    expect(Object.keys(components[kind as "schemas"])).toContain(name as string);
  }
});

test("parameters tell bounds and defaults in the terms of the wire", async () => {
  const logs = (await document()).paths["/client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/logs"];
  const parameters = logs?.["get"]?.parameters ?? [];
  expect(parameters.find(({ name }) => name === "account_id")).toMatchObject({ in: "path", required: true });
  expect(parameters.find(({ name }) => name === "per_page")).toEqual({
    name: "per_page",
    in: "query",
    required: false,
    schema: { type: "integer", minimum: 1, maximum: 50, default: 20 },
  });
});

test("the page shows every operation, loads nothing and runs nothing", async () => {
  const answer = await ask("/docs/api");
  const page = await answer.text();
  for (const { operationId, summary } of await operations()) {
    expect(page).toContain(`<article id="${operationId}">`);
    expect(page).toContain(`<h3>${summary.replaceAll("'", "&#39;")}</h3>`);
  }
  expect(page).not.toMatch(/<script|<link|<img|\bon\w+=|javascript:|(?:src|href)="(?:https?:|\/\/)/i);
  const policy = answer.headers.get("content-security-policy") ?? "";
  expect(policy).toStartWith("default-src 'none'; script-src 'self'; style-src 'self' 'sha256-");
  expect(policy).not.toContain("unsafe");
});
