import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import type { GatewaySettings } from "../../src/core/gateway-settings.ts";
import { identityRoutes } from "../../src/management/identity-routes.ts";
import type { NamedSchemas } from "../../src/management/openapi/json-schema.ts";
import { jsonSchemaOf } from "../../src/management/openapi/json-schema.ts";
import { exampleOf } from "../../src/management/openapi/example-of.ts";
import { settingsRoutes } from "../../src/management/settings-routes.ts";
import type { SettingsRoutesOptions } from "../../src/management/settings-routes-options.ts";
import { type ManagedGateway, startManagedGateway } from "../support/management-client.ts";

// Handlers are not called here: the routes are looked at for what they declare.
const routes = [
  ...settingsRoutes({ dialects: ["openai-chat"] } as unknown as SettingsRoutesOptions),
  ...identityRoutes({} as Parameters<typeof identityRoutes>[0]),
];
const withBody = routes.flatMap(({ method, path, body }) => {
  if (body === undefined) return [];
  const named: NamedSchemas = {};
  const example = exampleOf(jsonSchemaOf(body, "input", named), named);
  return [{ method, path, body, example }];
});

let gateway: ManagedGateway;
beforeAll(async () => {
  gateway = await startManagedGateway();
});
afterAll(() => gateway[Symbol.asyncDispose]());

test("the example of every body in the reference is one that the route takes", () => {
  expect(withBody.length).toBeGreaterThan(20);
  for (const { path, body, example } of withBody) {
    const { success, error } = body.safeParse(example);
    expect([path, example, success ? [] : error?.issues]).toEqual([path, example, []]);
  }
});

function callable(path: string): string {
  return path
    .replace("/client/v4", "")
    .replaceAll(":accountId", "default")
    .replaceAll(":gatewayId", "default")
    .replaceAll(/:\w+/g, "x");
}

/** JSON that is nearly what a route wants: its example with one member put in the place of another value, or taken away. */
function nearly(example: unknown): fc.Arbitrary<unknown> {
  if (typeof example !== "object" || example === null) return fc.jsonValue();
  const names = Object.keys(example);
  const changed = fc
    .tuple(fc.constantFrom(...names, "__proto__", "another"), fc.jsonValue())
    .map(([name, value]) => JSON.parse(JSON.stringify({ ...example, [name]: value })) as unknown);
  const lacking = fc
    .constantFrom(...names, "nothing")
    .map((left) => Object.fromEntries(Object.entries(example).filter(([name]) => name !== left)));
  return fc.oneof(changed, lacking, fc.jsonValue());
}

const question = fc
  .constantFrom(...withBody)
  .chain(({ method, path, example }) => nearly(example).map((body) => ({ method, path: callable(path), body })));

test("whatever is sent, routes answer in the envelope, name the place of a fault, and never fail", async () => {
  await fc.assert(
    fc.asyncProperty(question, async ({ method, path, body }) => {
      const { status, errors } = await gateway.ask(method, path, JSON.stringify(body));
      expect([200, 400, 403, 404, 409]).toContain(status);
      if (status !== 400) return;
      expect(errors.length).toBeGreaterThan(0);
      for (const { code, message } of errors) {
        expect([7001, 1002]).toContain(code);
        expect(message).not.toBe("");
      }
    }),
    { numRuns: 600 },
  );
  expect(gateway.headgate.logged("management_fault")).toEqual([]);
}, 60_000);

const count = fc.option(fc.nat({ max: 1_000_000 }));
const settings: fc.Arbitrary<Partial<GatewaySettings>> = fc.record(
  {
    cache_invalidate_on_update: fc.boolean(),
    cache_ttl: count,
    collect_logs: fc.boolean(),
    rate_limiting_interval: count,
    rate_limiting_limit: count,
    rate_limiting_technique: fc.option(fc.constantFrom("fixed" as const, "sliding" as const)),
    authentication: fc.boolean(),
    log_management: fc.option(fc.integer({ min: 10_000, max: 10_000_000 })),
    retry_max_attempts: fc.option(fc.integer({ min: 1, max: 5 })),
    retry_delay: fc.option(fc.integer({ min: 0, max: 60_000 })),
    retry_backoff: fc.option(fc.constantFrom("constant" as const, "linear" as const, "exponential" as const)),
    zdr: fc.boolean(),
    log_max_age_days: fc.option(fc.integer({ min: 1, max: 36_500 })),
  },
  {
    requiredKeys: [
      "cache_invalidate_on_update",
      "cache_ttl",
      "collect_logs",
      "rate_limiting_interval",
      "rate_limiting_limit",
    ],
  },
);

test("what is written is read: a PUT sets what it gives and keeps what it leaves out", async () => {
  const path = "/accounts/default/ai-gateway/gateways/default";
  let known = (await gateway.ask("GET", path)).result as Record<string, unknown>;
  await fc.assert(
    fc.asyncProperty(settings, async (given) => {
      const { status, result } = await gateway.ask("PUT", path, given);
      expect(status).toBe(200);
      const read = (await gateway.ask("GET", path)).result as Record<string, unknown>;
      expect(read).toEqual(result);
      const { created_at, modified_at } = read;
      expect(read).toEqual({ ...known, ...given, created_at, modified_at });
      known = read;
    }),
    { numRuns: 60 },
  );
}, 60_000);
