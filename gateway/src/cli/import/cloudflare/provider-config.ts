import { namePattern } from "../../../config/schema.ts";
import { catalogue } from "../../../providers/catalogue.ts";
import { byHand, type ImportDraft, nothingToDo, notMapped, putItem, valueAt } from "../import-draft.ts";
import { memberOf, membersOf, type SourceValue, textOf } from "../import-source.ts";
import { variableName, wantSecret } from "../wanted-secret.ts";

const readOnly: ReadonlySet<string> = new Set([
  "id",
  "account_id",
  "account_tag",
  "created_at",
  "modified_at",
  "secret_id",
  "secret_preview",
]);

/**
 * One stored key of the API (reference §14.8). The key itself is never in an export: it becomes a variable to be set. A gateway that is not in
 * the export gets none.
 */
export function importProviderConfig(draft: ImportDraft, object: SourceValue, accountId: string): void {
  const provider = memberOf(object, "provider_slug");
  const gateway = memberOf(object, "gateway_id");
  const alias = memberOf(object, "alias");
  const [slug, gatewayId] = [textOf(provider), textOf(gateway)];
  const aliasText = textOf(alias) ?? "default";
  const place = ["accounts", accountId, "gateways", gatewayId ?? "default"];
  if (slug === null || !isKnown(draft, slug)) {
    notMapped(draft, object, "a stored key of a provider that is not known here");
    return;
  }
  if (!namePattern.test(place[3] as string) || valueAt(draft.file, place) === undefined) {
    notMapped(draft, object, "a stored key of a gateway that is not in this file");
    return;
  }
  const name = [gatewayId === "default" ? "" : gatewayId, slug, aliasText === "default" ? "" : aliasText, "key"].join(
    "_",
  );
  const variable = variableName(name.replaceAll(/__+/g, "_").replace(/^_/, ""));
  const isDefault = memberOf(object, "default_config");
  const hasDefault = isDefault?.value === true && !hasOtherDefault(draft, place, { provider: slug, alias: aliasText });
  const limits = rateLimitOf(object);
  const item = {
    provider: slug,
    alias: aliasText,
    secret: `env:${variable}`,
    ...(hasDefault === (aliasText === "default") ? {} : { default: hasDefault }),
    ...Object.fromEntries(limits.map(({ path, value }) => [path.at(-1), value])),
  };
  const sources = [provider, gateway, alias, isDefault, ...limits].filter((source) => source !== null);
  if (putItem(draft, sources, { target: [...place, "keys"], item })) {
    const purpose = `key of ${slug}, alias ${aliasText}, for the gateway ${place[3]}`;
    wantSecret(draft, provider as SourceValue, { suggestion: variable, purpose, isNew: false });
  }
  for (const [key, field] of membersOf(object)) {
    if (readOnly.has(key)) nothingToDo(draft, field, "kept by the API itself");
    else if (key === "secret") byHand(draft, field, `set ${variable} to it`);
    else if (key.startsWith("rate_limit") && limits.length === 0) nothingToDo(draft, field, "not set there");
  }
}

/** The members of a rate limit; none where there is no limit, of which a period alone means nothing. */
function rateLimitOf(object: SourceValue): readonly SourceValue[] {
  const limit = memberOf(object, "rate_limit");
  const period = memberOf(object, "rate_limit_period");
  if (limit === null || limit.value === null || limit.value === 0) return [];
  return period === null || period.value === null ? [limit] : [limit, period];
}

function isKnown(draft: ImportDraft, slug: string): boolean {
  return (
    catalogue.some((entry) => entry.slug === slug || entry.aliases?.includes(slug) === true) ||
    valueAt(draft.file, ["providers", slug]) !== undefined
  );
}

function hasOtherDefault(
  draft: ImportDraft,
  place: readonly string[],
  own: { readonly provider: string; readonly alias: string },
): boolean {
  const keys = (valueAt(draft.file, [...place, "keys"]) ?? []) as readonly {
    provider: string;
    alias: string;
    default?: boolean;
  }[];
  return keys.some(
    (key) => key.provider === own.provider && key.alias !== own.alias && (key.default ?? key.alias === "default"),
  );
}
