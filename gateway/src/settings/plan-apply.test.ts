import { expect, test } from "bun:test";
import { defaultGatewaySettings, type JsonObject } from "../core/gateway-settings.ts";
import type { SettingsKind, SettingsObject } from "../core/settings-object.ts";
import { describeChanges } from "./describe-changes.ts";
import { planApply } from "./plan-apply.ts";
import { exportSettings } from "./settings-document.ts";
import { buildSettingsModel } from "./settings-model.ts";

const times = { createdAtMs: 1, modifiedAtMs: 1 };
function object(kind: SettingsKind, id: string, value: object): SettingsObject {
  return { accountId: "a", kind, id, value: { ...value }, source: "store", ...times };
}
const gateway = (changes: Partial<typeof defaultGatewaySettings> = {}): JsonObject => {
  return { ...defaultGatewaySettings, ...changes };
};
const provider = (base_url: string): JsonObject => {
  return { slug: "x", base_url, dialect: "opaque", name: "X", enable: true, description: "kept" };
};
const model = buildSettingsModel(3, [
  object("account", "a", { name: "a" }),
  object("gateway", "g", gateway({ cache_ttl: 60, retry_delay: 5 })),
  object("gateway", "old", gateway()),
  { ...object("gateway", "default", gateway()), source: "implied" },
  { ...object("gateway", "fixed", gateway()), source: "file" },
  object("custom-provider", "p1", provider("https://one.example")),
]);
const keptMembers = new Set(["cache_ttl"]);
const apply = (wanted: readonly SettingsObject[], isPruning = false) =>
  planApply(model, wanted, { isPruning, keptMembers });

test("what is as wanted is left alone; what differs is written, and what documents cannot say stays", () => {
  expect(apply([object("gateway", "g", gateway({ retry_delay: 5 }))]).changes).toEqual([]);
  const { changes, writes } = apply([object("gateway", "g", gateway({ retry_delay: 9 }))]);
  expect(describeChanges(changes)).toEqual([{ path: "accounts.a.gateways.g.retry_delay", before: 5, after: 9 }]);
  const value = gateway({ retry_delay: 9, cache_ttl: 60 });
  expect(writes).toEqual([{ put: { accountId: "a", kind: "gateway", id: "g", value } }]);
});

test("what is missing is made, also in the place of what was implied", () => {
  const { changes } = apply([
    object("gateway", "new", gateway()),
    object("gateway", "default", gateway({ retry_delay: 1 })),
  ]);
  expect(changes.map(({ id, before }) => [id, before])).toEqual([
    ["new", null],
    ["default", null],
  ]);
});

test("a provider is known by its slug, and keeps what documents do not tell", () => {
  const { writes } = apply([object("custom-provider", "file-x", provider("https://two.example"))]);
  const value = { ...provider("https://two.example"), description: "kept" };
  expect(writes).toEqual([{ put: { accountId: "a", kind: "custom-provider", id: "p1", value } }]);
  const { writes: added } = apply([
    object("custom-provider", "file-y", { ...provider("https://y.example"), slug: "y" }),
  ]);
  expect(added[0]).toMatchObject({ put: { id: expect.stringMatching(/^[0-9a-f-]{36}$/), value: { slug: "y" } } });
});

test("what the file declares is refused when it differs", () => {
  const wanted = [
    object("gateway", "fixed", gateway({ retry_delay: 1 })),
    object("gateway", "g", gateway({ retry_delay: 5 })),
  ];
  expect(apply(wanted)).toEqual({ changes: [], writes: [], refused: ["a.gateway.fixed"] });
  expect(apply([object("gateway", "fixed", gateway())]).refused).toEqual([]);
});

test("only pruning removes, and never what the file declares or what is implied", () => {
  const wanted = [object("gateway", "g", gateway({ retry_delay: 5 }))];
  expect(apply(wanted).changes).toEqual([]);
  expect(describeChanges(apply(wanted, true).changes).map(({ path, after }) => [path, after])).toEqual([
    ["accounts.a.gateways.old", undefined],
    ["accounts.a.providers.custom-x", undefined],
  ]);
});

test("an export tells what the API set and differs from plain settings, and applying it changes nothing", () => {
  const { document, unsaid } = exportSettings(model, ["a"], keptMembers);
  expect(document).toEqual({
    accounts: {
      a: {
        gateways: { g: { retry_delay: 5 }, old: {} },
        providers: { "custom-x": { base_url: "https://one.example", dialect: "opaque" } },
      },
    },
  });
  expect(unsaid).toEqual([{ path: "accounts.a.gateways.g.cache_ttl", value: 60 }]);
});
