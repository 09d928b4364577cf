import {
  byHand,
  type ImportDraft,
  mappedInto,
  nothingToDo,
  notMapped,
  put,
  putItem,
  putMapping,
  type TargetPath,
} from "../import-draft.ts";
import { itemsOf, memberOf, membersOf, type SourceValue, textOf } from "../import-source.ts";
import { variableName, wantSecret } from "../wanted-secret.ts";
import { namePattern } from "../../../config/schema.ts";

/** Fields that the API fills itself, or that name what the place in the file tells. */
const readOnly: ReadonlySet<string> = new Set([
  "created_at",
  "modified_at",
  "is_default",
  "internal",
  "internal_id",
  "wholesale",
  "account_id",
  "account_tag",
  "ai_gateway_id",
]);

/** Values with which a field does nothing, in the product and here. */
const idleValues: Readonly<Record<string, readonly unknown[]>> = {
  cache_ttl: [0, null],
  rate_limiting_interval: [0, null],
  rate_limiting_limit: [0, null],
  rate_limiting_technique: [null, "fixed"],
  cache_invalidate_on_update: [false],
  authentication: [false],
  byok_only: [false],
  log_classification: [false],
  workers_ai_billing_mode: ["postpaid", null],
  zdr: [false],
};

/** One gateway of the API (reference §14.1): its fields have the same names here. */
export function importGateway(draft: ImportDraft, object: SourceValue, accountId: string): void {
  const id = memberOf(object, "id") ?? memberOf(object, "ai_gateway_id");
  const name = textOf(id);
  if (id === null || name === null || !namePattern.test(name)) {
    notMapped(draft, object, "a gateway without an id that can be one here: 1 to 64 letters, digits, `_` or `-`");
    return;
  }
  const target = ["accounts", accountId, "gateways", name];
  putMapping(draft, target);
  mappedInto(draft, id, target);
  for (const [key, field] of membersOf(object))
    if (field.path !== id.path && key !== "id") importField(draft, { key, field, target });
}

function importField(
  draft: ImportDraft,
  { key, field, target }: { key: string; field: SourceValue; target: TargetPath },
): void {
  const { value } = field;
  if (readOnly.has(key)) nothingToDo(draft, field, "kept by the API itself");
  else if (key === "otel" && Array.isArray(value)) importExporters(draft, field, [...target, "otel"]);
  else if (key === "stripe" && value !== null) importBilling(draft, field, [...target, "stripe"]);
  else if (typeof value === "string" && value.includes("${"))
    byHand(draft, field, "an expression of terraform: write what it comes to");
  else if (value === null) nothingToDo(draft, field, "not set there");
  else if (Object.hasOwn(idleValues, key) && idleValues[key]?.includes(value) === true)
    nothingToDo(draft, field, "off there, and here unless set");
  else if (Array.isArray(value) && value.length === 0) nothingToDo(draft, field, "empty there");
  else if (put(draft, field, { target: [...target, key], value }) && key === "logpush" && value === true) {
    byHand(draft, field, "say where logs are pushed to: `logpush` of the account");
  }
}

/** Exporters keep their address; what authorizes is a secret, and so may any header be. */
function importExporters(draft: ImportDraft, field: SourceValue, target: TargetPath): void {
  for (const exporter of itemsOf(field)) {
    const url = memberOf(exporter, "url");
    const text = textOf(url);
    if (url === null || text === null) {
      notMapped(draft, exporter, "an exporter without an address");
      continue;
    }
    if (/[?#@]/.test(text)) {
      notMapped(draft, exporter, "its address holds a query or credentials, which may be secret");
      continue;
    }
    const authorization = given(memberOf(exporter, "authorization"));
    const contentType = given(memberOf(exporter, "content_type"));
    const index = Number(exporter.path.at(-1));
    const name = `otel_authorization_${target.at(-2)}${index === 0 ? "" : `_${index + 1}`}`;
    const item = {
      url: text,
      ...(contentType === null ? {} : { content_type: contentType.value }),
      ...(authorization === null ? {} : { authorization: `env:${variableName(name)}` }),
    };
    const sources = [url, contentType, authorization].filter((source) => source !== null);
    if (putItem(draft, sources, { target, item }) && authorization !== null) {
      wantSecret(draft, authorization, { suggestion: name, purpose: "authorization of an exporter", isNew: false });
    }
    const headers = memberOf(exporter, "headers");
    for (const [headerName, header] of headers === null ? [] : membersOf(headers)) {
      byHand(draft, header, `write the header ${JSON.stringify(headerName)} into the exporter, if it holds no secret`);
    }
  }
}

/** What is told to the billing service; its key is a secret. */
function importBilling(draft: ImportDraft, field: SourceValue, target: TargetPath): void {
  const authorization = given(memberOf(field, "authorization"));
  const events = given(memberOf(field, "usage_events"));
  if (authorization === null || events === null || membersOf(field).length > 2) {
    notMapped(draft, field, "expected a key and events, and nothing else");
    return;
  }
  const name = `stripe_authorization_${target.at(-2)}`;
  const value = { authorization: `env:${variableName(name)}`, usage_events: events.value };
  if (put(draft, field, { target, value })) {
    wantSecret(draft, authorization, { suggestion: name, purpose: "key of the billing service", isNew: false });
  }
}

function given(source: SourceValue | null): SourceValue | null {
  return source === null || source.value === null || source.value === "" ? null : source;
}
