import { expect, test } from "bun:test";
import type { JsonObject } from "../../core/gateway-settings.ts";
import type { ObjectChange } from "../../core/settings-object.ts";
import { namesSecrets } from "./check-addresses.ts";

const gateway = (before: JsonObject | null, after: JsonObject | null): ObjectChange => {
  return { accountId: "a", kind: "gateway", id: "g", before, after };
};
const collector = (url: string, authorization?: string): JsonObject => ({
  otel: [{ url, headers: {}, ...(authorization === undefined ? {} : { authorization }) }],
});

const billing = (authorization: string): JsonObject => ({ stripe: { authorization, usage_events: [] } });

test.each([
  [gateway(null, collector("https://a.example", "env:KEY")), true],
  [gateway(collector("https://a.example", "env:KEY"), collector("https://a.example", "env:KEY")), false],
  [gateway(collector("https://a.example", "env:KEY"), collector("https://b.example", "env:KEY")), true],
  [gateway(collector("https://a.example", "env:KEY"), collector("https://a.example", "env:OTHER")), true],
  [gateway(collector("https://a.example", "env:KEY"), collector("https://a.example")), false],
  [gateway(collector("https://a.example", "env:KEY"), null), false],
  [gateway(null, { otel: null }), false],
  [gateway(null, billing("env:KEY")), true],
  [gateway(billing("env:KEY"), billing("env:KEY")), false],
  [gateway(billing("env:KEY"), billing("env:OTHER")), true],
  [gateway(null, billing("secret-of-the-account")), false],
  [{ ...gateway(null, { reference: "file:/srv/key" }), kind: "provider-config" as const }, true],
  [{ ...gateway(null, { secretId: "s1" }), kind: "provider-config" as const }, false],
])("%#: whether a change makes something read a secret of this machine", (change, isNew) => {
  expect(namesSecrets([change])).toBe(isNew);
});
