import { exampleOf } from "../../src/management/openapi/example-of.ts";
import type { OpenapiDocument, OpenapiOperation, OpenapiParameter } from "../../src/management/openapi/document.ts";
import openapi from "../../../docs/reference/openapi.json";
import type { RequestCase } from "./fuzz-case.ts";
import { framed, type HttpGrammar } from "./http-requests.ts";
import { alteredJson, nastyJson, nastyJsonText, nastyText } from "./nasty-values.ts";
import type { SeededRandom } from "./seeded-random.ts";

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly OpenapiParameter[];
  /** A body that is taken; null where there is none. */
  readonly example: unknown;
}

/** Slow by design, and throttled. */
const leftOut = /\/api\/(?:session|users)|\/logs\/tail/;
const document = openapi as unknown as OpenapiDocument;
const operations: readonly Operation[] = Object.entries(document.paths)
  .filter(([path]) => !leftOut.test(path))
  .flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      parameters: operation.parameters ?? [],
      example: bodyOf(operation),
    })),
  );
const asked = operations.filter(({ path }) => /\/logs$|\/logs\/export|analytics|graphql/.test(path));

function bodyOf({ requestBody }: OpenapiOperation): unknown {
  const schema = requestBody?.content["application/json"]?.schema;
  return schema === undefined ? null : exampleOf(schema, document.components.schemas);
}

/** Any request of the management API, by somebody who may do everything. */
export function managementRequest(random: SeededRandom, grammar: HttpGrammar, adminToken: string): RequestCase {
  const operation = random.chance(0.4) ? random.pick(asked) : random.pick(operations);
  const isGraph = operation.path.endsWith("/graphql");
  const credential = random.chance(0.97) ? adminToken : nastyText(random).replaceAll(/[^\x20-\x7e]/g, "");
  const value: unknown = isGraph ? graphBody(random) : operation.example;
  const isReading = operation.method === "GET" || (value === null && random.chance(0.5));
  return framed(random, {
    method: random.chance(0.97) ? operation.method : random.pick(["HEAD", "PUT", "PATCH", "DELETE", "POST"]),
    target: `${pathOf(random, operation)}${queryOf(random, operation, grammar)}`,
    headers: [
      ["authorization", `Bearer ${credential}`],
      ["content-type", random.pick(["application/json", "application/json", "text/plain"])],
    ],
    body: isReading
      ? null
      : nastyJsonText(random, random.chance(0.3) ? value : alteredJson(random, led(random, value, grammar))),
  });
}

/** Where a text leads somewhere, now and then to where nobody may be led. */
function led(random: SeededRandom, value: unknown, grammar: HttpGrammar): unknown {
  if (!random.chance(0.3) || value === null) return value;
  return JSON.parse(JSON.stringify(value), (_, inner: unknown) =>
    typeof inner === "string" && random.chance(0.3) ? random.pick(grammar.strangers) : inner,
  ) as unknown;
}

function pathOf(random: SeededRandom, { path }: Operation): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    if (random.chance(0.85) && (name === "account_id" || name === "gateway_id")) return "default";
    const known = ["default", "0190c6f0-0000-7000-8000-00000000dead", "openai", "1"];
    return encodeURIComponent(
      random.chance(0.5) ? random.pick(known) : nastyText(random).replaceAll(/[\ud800-\udfff]/gu, "x"),
    );
  });
}

const filterKeys = [
  "created_at",
  "success",
  "cost",
  "tokens",
  "model",
  "metadata.key",
  "metadata.value",
  "metadata.entry",
  "id",
  "user",
  "nothing",
  "status_code",
];
const operators = ["eq", "neq", "contains", "lt", "gt", "like", ""];

function queryOf(random: SeededRandom, { parameters }: Operation, grammar: HttpGrammar): string {
  const given: [string, string][] = [];
  for (const { name, in: place } of parameters) {
    if (place !== "query" || !random.chance(0.25)) continue;
    given.push([name, random.chance(0.5) ? plausible(random, name) : nastyText(random)]);
  }
  if (random.chance(0.4)) given.push(...filters(random));
  if (random.chance(0.05)) given.push([nastyText(random), random.pick(grammar.strangers)]);
  if (given.length === 0) return "";
  return `?${given.map((pair) => pair.map((part) => (random.chance(0.05) ? part : encodeURIComponent(part.replaceAll(/[\ud800-\udfff]/gu, "x")))).join("=")).join("&")}`;
}

function plausible(random: SeededRandom, name: string): string {
  if (/date|time|since|before|after|from|to$/.test(name))
    return random.pick(["2026-01-01T00:00:00Z", "2026-11-22", "-1d", "now"]);
  if (/order|direction/.test(name)) return random.pick(["asc", "desc", "created_at", "cost"]);
  return random.pick([
    "1",
    "10",
    "0",
    "true",
    "default",
    'hello "world" OR -x NEAR/2 y*',
    "model",
    "hour",
    "count,cost",
  ]);
}

function filters(random: SeededRandom): [string, string][] {
  const filter = () => ({
    key: random.pick(filterKeys),
    operator: random.pick(operators),
    value: random.chance(0.5) ? [nastyText(random)] : nastyJson(random),
  });
  const list = Array.from({ length: 1 + random.below(4) }, filter);
  if (random.chance(0.5)) return [["filters", JSON.stringify(random.chance(0.6) ? list : alteredJson(random, list))]];
  return list.flatMap(({ key, operator }, index): [string, string][] => [
    [`filters[${random.chance(0.9) ? index : nastyText(random)}][key]`, key],
    [`filters[${index}][operator]`, operator],
    [`filters[${index}][value]${random.pick(["", "[]", "[0]", "[a][b]"])}`, nastyText(random)],
  ]);
}

const fields = [
  "count",
  "sum{cost}",
  "dimensions{model}",
  "dimensions{datetimeHour gateway}",
  "quantiles{durationMsP50}",
  "__typename",
  "...f",
  "x:count",
  "colour",
  "max{rows}",
];
const datasets = [
  "aiGatewayRequestsAdaptiveGroups",
  "aiGatewayErrorsAdaptiveGroups",
  "aiGatewayCacheAdaptiveGroups",
  "aiGatewaySizeAdaptiveGroups",
  "nothing",
];

function graphBody(random: SeededRandom): unknown {
  const dataset = () => {
    const limit = random.pick([
      "",
      "limit:10,",
      "limit:0,",
      "limit:-1,",
      "limit:1e9,",
      "orderBy:[count_DESC],",
      "orderBy:[x],",
    ]);
    const filter = random.pick([
      "$f",
      "{}",
      '{datetime_geq:"2026-01-01T00:00:00Z"}',
      `{${random.pick(filterKeys)}_in:[1]}`,
      "{OR:[{AND:[{OR:[]}]}]}",
      '{datetime_geq:"x"}',
    ]);
    const chosen = Array.from({ length: 1 + random.below(4) }, () => random.pick(fields)).join(" ");
    return `${random.pick(["", "a:", "b:"])}${random.pick(datasets)}(${limit}filter:${filter}){${chosen}}`;
  };
  const inner = Array.from({ length: 1 + random.below(3) }, dataset).join(" ");
  const fragment = random.pick([
    "",
    "fragment f on X{count}",
    "fragment f on AccountAiGatewayRequestsAdaptiveGroups{...f}",
    "fragment f on AccountAiGatewayRequestsAdaptiveGroups{count}",
  ]);
  const account = random.pick([
    '(filter:{accountTag:"default"})',
    "",
    "(filter:{accountTag:$f})",
    '(filter:{accountTag_in:["default",null]})',
  ]);
  const query = `query($f:X){viewer{accounts${account}{${inner}}}}${fragment}`;
  return { query: random.chance(0.1) ? "{a".repeat(random.below(3000)) : query, variables: { f: nastyJson(random) } };
}
