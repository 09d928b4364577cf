import { defaultGatewaySettings, type JsonObject } from "../core/gateway-settings.ts";
import type { SettingsObject } from "../core/settings-object.ts";
import type { SettingsModel } from "./settings-model.ts";

/** Settings in the form of the configuration file. */
export interface SettingsDocument {
  readonly accounts: Readonly<Record<string, AccountDocument>>;
}

/** One account of a document. Gateways tell what differs from plain ones. */
export interface AccountDocument {
  readonly gateways?: Readonly<Record<string, JsonObject>>;
  readonly providers?: Readonly<Record<string, { readonly base_url: string; readonly dialect: string }>>;
  readonly limits?: Readonly<Record<string, JsonObject>>;
  readonly budgets?: Readonly<Record<string, JsonObject>>;
}

/** A document, and what is set that no document can say. */
export interface ExportedSettings {
  readonly document: SettingsDocument;
  /** Path and value, for a comment. */
  readonly unsaid: readonly { readonly path: string; readonly value: unknown }[];
}

/**
 * What the API set, as a document that `planApply` and the configuration file take.
 * @param unsaid members of gateways that documents cannot say.
 * @param accountIds the accounts to tell of.
 */
export function exportSettings(
  model: SettingsModel,
  accountIds: readonly string[],
  unsaid: ReadonlySet<string>,
): ExportedSettings {
  const left: { path: string; value: unknown }[] = [];
  const accounts = accountIds.map((accountId) => {
    const gateways = own(model.list(accountId, "gateway")).map(({ id, value }) => {
      const members = different(value);
      const [said = [], other = []] = [true, false].map((isSaid) =>
        members.filter(([name]) => unsaid.has(name) !== isSaid),
      );
      left.push(
        ...other.map(([name, each]) => ({ path: `accounts.${accountId}.gateways.${id}.${name}`, value: each })),
      );
      return [id, Object.fromEntries(said)] as const;
    });
    const providers = own(model.list(accountId, "custom-provider")).map(
      ({ value }) => [`custom-${String(value["slug"])}`, placeOf(value)] as const,
    );
    const account: AccountDocument = {
      ...(gateways.length === 0 ? {} : { gateways: Object.fromEntries(gateways) }),
      ...(providers.length === 0 ? {} : { providers: Object.fromEntries(providers) }),
      ...named("limits", own(model.list(accountId, "limit"))),
      ...named("budgets", own(model.list(accountId, "budget"))),
    };
    return [accountId, account] as const;
  });
  return { document: { accounts: Object.fromEntries(accounts) }, unsaid: left };
}

function named(member: string, objects: readonly SettingsObject[]): Readonly<Record<string, JsonObject>> {
  if (objects.length === 0) return {};
  return { [member]: Object.fromEntries(objects.map(({ id, value }) => [id, value])) };
}

function own(objects: readonly SettingsObject[]): readonly SettingsObject[] {
  return objects.filter(({ source }) => source === "store");
}

function different(value: JsonObject): [string, unknown][] {
  const plain: JsonObject = { ...defaultGatewaySettings };
  return Object.entries(value).filter(([name, each]) => !Bun.deepEquals(plain[name], each));
}

function placeOf(value: JsonObject): { readonly base_url: string; readonly dialect: string } {
  return { base_url: String(value["base_url"]), dialect: String(value["dialect"]) };
}
