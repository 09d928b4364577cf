import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const methods = ["get", "post", "put", "patch", "delete"];

/**
 * TypeScript for every operation of the management API, by method and path, and for the schemas it names.
 *
 * @param {object} document an OpenAPI 3.1 document whose schemas are what zod writes
 * @returns {string}
 */
export function apiTypes(document) {
  const schemas = Object.entries(document.components.schemas).map(
    ([name, schema]) => `export type ${name} = ${typeOf(schema)};\n`,
  );
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    methods.filter((method) => item[method] !== undefined).map((method) => operationText(method, path, item[method])),
  );
  return [
    "// Written by generate-api.mjs from docs/reference/openapi.json; not by hand, and not kept in the repository.\n",
    ...schemas,
    "/** Every operation: what goes into path, query and body, and what comes back. */",
    "export interface Operations {",
    ...operations,
    "}\n",
  ].join("\n");
}

function operationText(method, path, operation) {
  const parameters = operation.parameters ?? [];
  const body = operation.requestBody?.content?.["application/json"]?.schema;
  return [
    `  /** ${operation.summary}. Permission ${operation["x-permission"] ?? "none"}. */`,
    `  ${JSON.stringify(`${method.toUpperCase()} ${path}`)}: {`,
    `    asked: { ${[
      ...parametersMember(parameters, "path"),
      ...parametersMember(parameters, "query"),
      ...(body === undefined ? [] : [`body: ${typeOf(body)}`]),
      "signal?: AbortSignal",
    ].join("; ")} };`,
    `    result: ${resultType(operation)};`,
    "  };",
  ].join("\n");
}

/** The member of what is asked that holds the parameters of one place; it may be left out when all of them may. */
function parametersMember(parameters, place) {
  const members = parameters.filter((parameter) => parameter.in === place);
  if (members.length === 0) return [];
  const isOptional = members.every(({ required }) => !required);
  const texts = members.map(
    ({ name, required, schema }) => `${JSON.stringify(name)}${required ? "" : "?"}: ${typeOf(schema)}`,
  );
  return [`${place}${isOptional ? "?" : ""}: { ${texts.join("; ")} }`];
}

/** What the envelope holds; other JSON as it is; bytes as text. */
function resultType(operation) {
  const content = operation.responses["200"]?.content ?? {};
  const schema = content["application/json"]?.schema;
  if (schema === undefined) return "string";
  const result = schema.properties?.success === undefined ? undefined : schema.properties.result;
  return typeOf(result ?? schema);
}

function typeOf(schema) {
  if (schema === true || schema === undefined || Object.keys(schema).length === 0) return "unknown";
  if (schema.$ref !== undefined) return schema.$ref.split("/").at(-1);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return `(${[...new Set(choices.map(typeOf))].join(" | ")})`;
  if (schema.allOf !== undefined) return `(${schema.allOf.map(typeOf).join(" & ")})`;
  if (Array.isArray(schema.type)) return schema.type.map((type) => typeOf({ ...schema, type })).join(" | ");
  return plainType(schema);
}

function plainType(schema) {
  switch (schema.type) {
    case "string":
      return "string";
    case "integer":
    case "number":
      return "number";
    case "boolean":
      return "boolean";
    case "null":
      return "null";
    case "array":
      return `readonly (${typeOf(schema.items)})[]`;
    case "object":
      return objectType(schema);
    default:
      // What says nothing of its type may be anything.
      return schema.properties === undefined ? "unknown" : objectType(schema);
  }
}

function objectType({ properties = {}, required = [], additionalProperties }) {
  const members = Object.entries(properties).map(
    ([name, schema]) => `readonly ${JSON.stringify(name)}${required.includes(name) ? "" : "?"}: ${typeOf(schema)}`,
  );
  if (members.length > 0) return `{ ${members.join("; ")} }`;
  const values = typeof additionalProperties === "object" ? typeOf(additionalProperties) : "unknown";
  return `Readonly<Record<string, ${values}>>`;
}

/**
 * TypeScript for the schema of every JSON body, one constant for each operation, so that forms know its bounds before they ask.
 *
 * @param {object} document as `apiTypes` takes it
 * @returns {string}
 */
export function bodySchemas(document) {
  const bodies = Object.values(document.paths).flatMap((item) =>
    methods
      .map((method) => item[method])
      .map((operation) => [operation?.operationId, operation?.requestBody?.content?.["application/json"]?.schema])
      .filter(([, schema]) => schema !== undefined),
  );
  return [
    "// Written by generate-api.mjs from docs/reference/openapi.json; not by hand, and not kept in the repository.\n",
    'import type { ValueSchema } from "../../lib/value-fault.ts";\n',
    ...bodies.map(
      ([id, schema]) => `export const ${id}Body: ValueSchema = ${JSON.stringify(schema, withoutExamples)};\n`,
    ),
  ].join("\n");
}

/** Examples are for readers of the reference. */
function withoutExamples(name, value) {
  return name === "examples" && Array.isArray(value) ? undefined : value;
}

/**
 * Writes what pages know of the API that `documentPath` describes, unless it is there: `operations.ts` and `bodies.ts`.
 *
 * @param {string} documentPath
 * @param {string} folder
 */
export function generateApi(documentPath, folder) {
  const document = JSON.parse(readFileSync(documentPath, "utf8"));
  writeIfOther(join(folder, "operations.ts"), apiTypes(document));
  writeIfOther(join(folder, "bodies.ts"), bodySchemas(document));
}

function writeIfOther(targetPath, text) {
  if (textAt(targetPath) === text) return;
  mkdirSync(dirname(targetPath), { recursive: true });
  writeFileSync(targetPath, text);
}

function textAt(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
