import { expect, test } from "bun:test";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildDashboard } from "./build.mjs";
import { apiTypes, bodySchemas } from "./generate-api.mjs";

const document = JSON.stringify({ paths: {}, components: { schemas: {} } });

test("builds what is stale and nothing else", async () => {
  const root = mkdtempSync(join(tmpdir(), "headgate-dashboard-"));
  const folder = join(root, "dashboard");
  const documentPath = join(root, "docs/reference/openapi.json");
  const copy = async (from, to) => cpSync(join(from, "src"), to, { recursive: true });
  const build = () => buildDashboard(folder, copy);
  try {
    mkdirSync(join(folder, "src/deep"), { recursive: true });
    mkdirSync(join(root, "docs/reference"), { recursive: true });
    writeFileSync(documentPath, document);
    writeFileSync(join(folder, "src/index.html"), "one");
    writeFileSync(join(folder, "src/deep/style.css"), "body {}");
    expect([await build(), await build()]).toEqual([true, false]);
    writeFileSync(join(folder, "src/index.html"), "two");
    rmSync(join(folder, "src/deep/style.css"));
    expect([await build(), await build()]).toEqual([true, false]);
    expect(readFileSync(join(folder, "dist/index.html"), "utf8")).toBe("two");
    expect(readdirSync(join(folder, "dist/deep"))).toEqual([]);
    writeFileSync(documentPath, `${document} `);
    expect([await build(), await build()]).toEqual([true, false]);
    rmSync(join(folder, "dist"), { recursive: true });
    expect(await build()).toBe(true);
    expect(readdirSync(folder).toSorted()).toEqual(["dist", "src"]);
    const failing = () => Promise.reject(new Error("no room"));
    writeFileSync(join(folder, "src/index.html"), "three");
    expect(buildDashboard(folder, failing)).rejects.toThrow("no room");
  } finally {
    rmSync(root, { recursive: true });
  }
});

test("types tell path, query, body and the result inside the envelope", () => {
  const schema = {
    type: "object",
    properties: { id: { type: "string" }, n: { type: ["integer", "null"] } },
    required: ["id"],
  };
  const envelope = {
    type: "object",
    properties: { success: { const: true }, result: { $ref: "#/components/schemas/Thing" } },
  };
  const text = apiTypes({
    components: { schemas: { Thing: schema } },
    paths: {
      "/things/{id}": {
        put: {
          summary: "Change a thing",
          "x-permission": "things.edit",
          parameters: [
            { name: "id", in: "path", required: true, schema: { type: "string" } },
            { name: "dry", in: "query", required: false, schema: { type: "boolean" } },
          ],
          requestBody: { content: { "application/json": { schema: { enum: ["a", "b"] } } } },
          responses: { 200: { content: { "application/json": { schema: envelope } } } },
        },
        get: { summary: "Get bytes", responses: { 200: { content: { "text/plain": {} } } } },
      },
    },
  });
  expect(text).toContain('export type Thing = { readonly "id": string; readonly "n"?: number | null };');
  expect(text).toContain('"PUT /things/{id}": {');
  expect(text).toContain(
    'asked: { path: { "id": string }; query?: { "dry"?: boolean }; body: "a" | "b"; signal?: AbortSignal };',
  );
  expect(text).toContain("asked: { signal?: AbortSignal };");
  expect(text).toContain("result: Thing;");
  expect(text).toContain("result: string;");
});

test("forms get the bounds of each body, without examples", () => {
  const schema = { type: "object", properties: { retries: { type: "integer", maximum: 5, examples: [3] } } };
  const text = bodySchemas({
    paths: {
      "/things": {
        get: { operationId: "listThings" },
        post: { operationId: "createAThing", requestBody: { content: { "application/json": { schema } } } },
      },
    },
  });
  expect(text).toContain(
    'export const createAThingBody: ValueSchema = {"type":"object","properties":{"retries":{"type":"integer","maximum":5}}};',
  );
  expect(text).not.toContain("listThings");
});
