import { expect, test } from "bun:test";
import { randomBytes } from "node:crypto";
import { mayDo } from "../../access/caller.ts";
import { newTokenText } from "../../access/token-text.ts";
import { tokenFinder } from "../../access/find-token.ts";
import { accessTokenOf } from "../../settings/access-token-object.ts";
import { openInstallationKeys } from "../../secrets/installation-keys.ts";
import { testKeyMaterial } from "../../../test/support/test-keys.ts";
import { testToken } from "../../../test/support/test-token.ts";
import { ManagementError } from "../management-error.ts";
import { callerIdentifier } from "./identify-caller.ts";

const nowMs = 1_800_000_000_000;
const reader = testToken({ id: "reader", groups: ["AI Gateway Read"], ipRanges: { in: ["10.0.0.0/8"], notIn: [] } });
const late = testToken({ id: "late", expiresAtMs: nowMs });
const localToken = newTokenText(randomBytes);
const identify = callerIdentifier({
  findToken: tokenFinder(
    [reader, late].map(({ object }) => accessTokenOf({ ...object, source: "store", createdAtMs: 0, modifiedAtMs: 0 })),
    openInstallationKeys(testKeyMaterial).tokenHashKey,
  ),
  adminToken: "right",
  localToken,
  signedIn: async () => null,
  clock: { nowMs: () => nowMs },
});

function as(headers: Record<string, string>) {
  return identify(new Request("http://control/", { headers }));
}

async function refusal(headers: Record<string, string>): Promise<[status: number, code: number, message: string]> {
  try {
    throw new Error(`it let in ${(await as(headers)).id}`);
  } catch (error) {
    if (!(error instanceof ManagementError)) throw error;
    expect(error.headers["www-authenticate"]).toBe("Bearer");
    return [error.definition.status, error.definition.code, error.message];
  }
}

test("the admin token of the environment may do everything", async () => {
  for (const headers of [
    { authorization: "Bearer right" },
    { authorization: "bearer  right " },
    { "x-auth-email": "a@b.example", "x-auth-key": "right" },
  ]) {
    const caller = await as(headers);
    expect(caller).toMatchObject({ type: "token", id: "admin" });
    expect(mayDo(caller, "accounts.edit", { accountId: null, gatewayId: null })).toBe(true);
  }
});

test("without a credential: 401, code 10000, and how to give one", async () => {
  const none = [401, 10_000, expect.stringMatching(/^Authentication error: send a token as `authorization: Bearer/)];
  for (const authorization of ["", "Bearer", "Bearer ", "Basic cmlnaHQ=", "right"]) {
    expect(await refusal({ authorization })).toEqual(none as never);
  }
  expect(await refusal({})).toEqual(none as never);
  expect(await refusal({ "x-auth-key": "right" })).toEqual(none as never);
});

test("with a credential that nobody knows: 401, code 10000, and nothing of the credential", async () => {
  for (const authorization of ["Bearer wrong", "Bearer righ", `Bearer ${"x".repeat(100_000)}`]) {
    expect(await refusal({ authorization })).toEqual([401, 10_000, "Authentication error: there is no such token"]);
  }
});

test("an API token is who it is, with what it is granted, where it counts", async () => {
  const authorization = `Bearer ${reader.text}`;
  const caller = await as({ authorization, "x-headgate-address": "10.1.2.3" });
  expect(caller).toMatchObject({ type: "token", id: "reader", ip: "10.1.2.3" });
  expect(mayDo(caller, "logs.read", { accountId: "default", gatewayId: null })).toBe(true);
  expect(mayDo(caller, "logs.edit", { accountId: "default", gatewayId: null })).toBe(false);
  expect(mayDo(caller, "logs.read", { accountId: "other", gatewayId: null })).toBe(false);
  for (const address of [{ "x-headgate-address": "192.0.2.1" }, {}]) {
    expect(await refusal({ authorization, ...address } as Record<string, string>)).toEqual([
      401,
      10_000,
      "Authentication error: the token may not be used from this address",
    ]);
  }
  expect(await refusal({ authorization: `Bearer ${late.text}` })).toEqual([
    401,
    10_000,
    "Authentication error: the token has expired",
  ]);
});

test("the token of the data directory counts on this machine alone", async () => {
  const authorization = `Bearer ${localToken}`;
  expect(await as({ authorization, "x-headgate-local": "true" })).toMatchObject({ type: "local" });
  expect((await refusal({ authorization, "x-headgate-local": "false" }))[0]).toBe(401);
  expect((await refusal({ authorization }))[0]).toBe(401);
});
