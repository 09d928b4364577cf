import { expect, test } from "bun:test";
import type { SettingsObject } from "../core/settings-object.ts";
import { buildSettingsModel } from "../settings/settings-model.ts";
import { otlpGateways } from "./gateway-scopes.ts";

test("collectors are guarded where the API named them, and only there", () => {
  const otel = [{ url: "https://otel.example", headers: {} }];
  const gateway = (id: string, source: SettingsObject["source"]): SettingsObject => {
    return { accountId: "a", kind: "gateway", id, value: { otel }, source, createdAtMs: 0, modifiedAtMs: 0 };
  };
  const account = { ...gateway("a", "file"), kind: "account" as const, value: {} };
  const model = buildSettingsModel(1, [account, gateway("filed", "file"), gateway("made", "store")]);
  expect(otlpGateways(model)).toEqual([
    { accountId: "a", gatewayId: "filed", otel, isGuarded: false },
    { accountId: "a", gatewayId: "made", otel, isGuarded: true },
  ]);
});
