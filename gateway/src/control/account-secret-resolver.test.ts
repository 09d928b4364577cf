import { expect, test } from "bun:test";
import type { SealedSecret } from "../core/sealed-secret.ts";
import type { SettingsDesk } from "../settings/settings-desk.ts";
import { createAccountSecretResolver } from "./account-secret-resolver.ts";

const sealed: SealedSecret = { sealed: 1, keyId: "k", dataKey: "d", text: "t" };
const secrets = [
  { accountId: "a", kind: "secret", id: "s1", value: { name: "billing", sealed } },
  { accountId: "a", kind: "secret", id: "s2", value: { name: "elsewhere", reference: "file:/key" } },
  { accountId: "a", kind: "secret", id: "s3", value: { name: "empty" } },
];
const desk = {
  current: { list: (accountId: string) => secrets.filter((secret) => secret.accountId === accountId) },
} as unknown as SettingsDesk;
const resolve = createAccountSecretResolver(desk, {
  resolveSecret: async (reference) => `behind ${reference}`,
  openSecret: (given, { accountId, kind, id }) => `${given.text} of ${accountId} ${kind} ${id}`,
});

test.each([
  ["a", "env:KEY", "behind env:KEY"],
  ["a", "billing", "t of a secret s1"],
  ["a", "elsewhere", "behind file:/key"],
  ["a", "empty", null],
  ["a", "s1", null],
  ["b", "billing", null],
])("account %s, reference %s: %p", async (accountId, reference, secret) => {
  expect(await resolve(accountId, reference)).toBe(secret);
});
