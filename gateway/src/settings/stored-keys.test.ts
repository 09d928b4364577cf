import { describe, expect, test } from "bun:test";
import type { JsonObject } from "../core/gateway-settings.ts";
import type { SettingsKind, SettingsObject } from "../core/settings-object.ts";
import { newMasterKey } from "../secrets/master-key.ts";
import { openSecret, sealSecret } from "../secrets/seal-secret.ts";
import { buildSettingsModel } from "./settings-model.ts";
import { type ProviderKey, secretNameOf, storedKeys } from "./stored-keys.ts";

const master = newMasterKey();

function object(kind: SettingsKind, id: string, value: unknown): SettingsObject {
  return { accountId: "acc", kind, id, value: value as JsonObject, source: "store", createdAtMs: 0, modifiedAtMs: 0 };
}

function config(id: string, changes: Partial<ProviderKey>): SettingsObject {
  const value: ProviderKey = {
    gatewayId: "gw",
    providerSlug: "openai",
    alias: "default",
    isDefault: true,
    weight: 1,
    preview: "sk-…",
    rateLimit: null,
    rateLimitPeriod: null,
    ...changes,
  };
  return object("provider-config", id, value);
}

function secret(id: string, name: string, text: string): SettingsObject {
  const sealed = sealSecret(master, text, { accountId: "acc", kind: "secret", id });
  return object("secret", id, { storeId: "s", name, sealed, scopes: ["ai_gateway"], status: "active" });
}

function keysOf(objects: readonly SettingsObject[], key = master) {
  return storedKeys(buildSettingsModel(1, objects), "acc", {
    slugOf: (name) => (name === "google" ? "google-ai-studio" : name),
    openSecret: (sealed, context) => openSecret(key, sealed, context),
  });
}

describe("where a key's secret comes from", () => {
  test("the secret of its id, else the secret of the product's name for it", () => {
    const keys = keysOf([
      config("c1", { secretId: "s1" }),
      config("c2", { alias: "team" }),
      secret("s1", "anything", "text one"),
      secret("s2", "gw_openai_team", "text two"),
    ])("gw", "openai");
    expect(keys.map(({ id, alias, secret: found }) => [id, alias, found])).toEqual([
      ["c1", "default", { text: "text one" }],
      ["c2", "team", { text: "text two" }],
    ]);
    expect(secretNameOf({ gatewayId: "gw", providerSlug: "openai", alias: "team" })).toBe("gw_openai_team");
  });

  test("a reference, in the config or in its secret", () => {
    const keys = keysOf([
      config("c1", { reference: "env:A" }),
      config("c2", { secretId: "s1" }),
      object("secret", "s1", { name: "x", reference: "file:/run/key" }),
    ])("gw", "openai");
    expect(keys.map(({ secret: found }) => found)).toEqual([{ reference: "env:A" }, { reference: "file:/run/key" }]);
  });

  test("one that is not there, or of another master key, says so and stops no other", () => {
    const objects = [config("c1", { secretId: "s9" }), config("c2", { secretId: "s1" }), secret("s1", "x", "text")];
    expect(keysOf(objects)("gw", "openai").map(({ secret: found }) => found)).toEqual([
      { fault: "its secret is not there" },
      { text: "text" },
    ]);
    const other = keysOf(objects, newMasterKey())("gw", "openai");
    expect(other[1]?.secret).toEqual({
      fault: expect.stringContaining("was sealed under the master key") as unknown as string,
    });
  });

  test("a secret that was put under another id cannot be opened", () => {
    const moved = { ...secret("s1", "x", "text"), id: "s2" };
    const [key] = keysOf([config("c1", { secretId: "s2" }), moved])("gw", "openai");
    expect(key?.secret).toEqual({ fault: "the secret was sealed for another object, or was changed since" });
  });
});

test("keys belong to one gateway and one provider, under any of its names", () => {
  const keys = keysOf([
    config("c1", { reference: "env:A", providerSlug: "google" }),
    config("c2", { reference: "env:B", gatewayId: "other" }),
  ]);
  expect(keys("gw", "google-ai-studio").map(({ id }) => id)).toEqual(["c1"]);
  expect(keys("gw", "openai")).toEqual([]);
  expect(keys("other", "openai").map(({ id }) => id)).toEqual(["c2"]);
});
