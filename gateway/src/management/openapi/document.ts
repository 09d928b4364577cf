import type { z } from "zod";
import { isPublic, type OpenPermission, type Permission, permissions } from "../../access/permissions.ts";
import { wireName } from "../path-parameters.ts";
import type { Route, RouteAnswer } from "../route.ts";
import { routeTags } from "../route-tags.ts";
import { type JsonSchema, jsonSchemaOf, type NamedSchemas } from "./json-schema.ts";
import { failureSchema, resultInfoSchema } from "./envelope-schemas.ts";

/** An OpenAPI 3.1 document, as far as ours go. */
export interface OpenapiDocument {
  readonly openapi: "3.1.0";
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly servers: readonly { readonly url: string }[];
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  /** By path with parameters in braces, then by method in lower case. */
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenapiOperation>>>>;
  readonly components: {
    readonly securitySchemes: object;
    readonly responses: Readonly<Record<string, OpenapiAnswer>>;
    readonly schemas: NamedSchemas;
  };
}

/** One method of one path. */
export interface OpenapiOperation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly "x-permission": Permission | OpenPermission;
  /** Whether the permission has to be held in all accounts. */
  readonly "x-all-accounts"?: true;
  /** Empty where no credential is asked for. */
  readonly security?: readonly [];
  readonly parameters?: readonly OpenapiParameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: OpenapiContent };
  readonly responses: { readonly 200: OpenapiAnswer; readonly default: { readonly $ref: string } };
}

/** A parameter of a path or a query. */
export interface OpenapiParameter {
  readonly name: string;
  readonly in: "path" | "query";
  readonly required: boolean;
  readonly description?: string;
  readonly schema: JsonSchema;
}

interface OpenapiAnswer {
  readonly description: string;
  readonly content: OpenapiContent;
}

type OpenapiContent = Readonly<Record<string, { readonly schema: JsonSchema }>>;

/**
 * The document that describes `routes`, as it is committed in `docs/reference/openapi.json` and served at `/docs/openapi.json`.
 * @throws Error when two routes have the same summary, or two schemas the same id.
 */
export function openapiDocument(routes: readonly Route[], version: string): OpenapiDocument {
  const named: NamedSchemas = {};
  const paths: Record<string, Record<string, OpenapiOperation>> = {};
  const operationIds = new Set<string>();
  const refused = { description: "Refused", content: json(jsonSchemaOf(failureSchema, "output", named)) };
  for (const route of routes) {
    const operation = operationOf(route, named);
    if (operationIds.has(operation.operationId)) throw new Error(`Two routes are called ${route.summary}`);
    operationIds.add(operation.operationId);
    const path = documentPath(route.path);
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation };
  }
  return {
    openapi: "3.1.0",
    info: { title: "Headgate management API", version, description },
    servers: [{ url: "/" }],
    security: [{ token: [] }],
    tags: Object.entries(routeTags).map(([name, text]) => ({ name, description: text })),
    paths: sortedByName(paths),
    components: {
      securitySchemes: { token: { type: "http", scheme: "bearer", description: permissionTexts() } },
      responses: { Refused: refused },
      schemas: sortedByName(named),
    },
  };
}

const description =
  "Answers come in an envelope of success, errors, messages and result; lists add result_info. Pages beyond the last one are empty. " +
  "A refusal tells a code, a message and, where one value is at fault, its path.";

function permissionTexts(): string {
  const lines = Object.entries(permissions).map(([name, { allows }]) => `${name}: ${allows}`);
  return `A token. What it may be allowed: ${lines.join("; ")}.`;
}

function operationOf(route: Route, named: NamedSchemas): OpenapiOperation {
  const parameters = [...parametersOf(route.params, "path", named), ...parametersOf(route.query, "query", named)];
  const body = route.body === undefined ? null : jsonSchemaOf(route.body, "input", named);
  return {
    operationId: operationId(route.summary),
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    tags: [route.tag],
    "x-permission": route.permission,
    ...(route.isOfAllAccounts === true ? { "x-all-accounts": true as const } : {}),
    ...(isPublic(route.permission) ? { security: [] as const } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === null ? {} : { requestBody: { required: true, content: json(body) } }),
    responses: {
      200: { description: "Done", content: answerContent(route.answer, named) },
      default: { $ref: "#/components/responses/Refused" },
    },
  };
}

/** `Replace a provider key` is `replaceAProviderKey`. */
function operationId(summary: string): string {
  const [first = "", ...rest] = summary.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
  return first.toLowerCase() + rest.map((word) => word[0]?.toUpperCase() + word.slice(1)).join("");
}

function parametersOf(
  schemas: z.ZodObject | undefined,
  place: "path" | "query",
  named: NamedSchemas,
): OpenapiParameter[] {
  return Object.entries((schemas?.shape ?? {}) as Record<string, z.ZodType>).map(([name, schema]) => {
    const { description: text, default: _given, ...node } = jsonSchemaOf(schema, "input", named);
    const absent = schema.safeParse(undefined);
    const fallback = absent.success && absent.data !== undefined ? { default: absent.data } : {};
    return {
      name: place === "path" ? wireName(name) : name,
      in: place,
      required: !absent.success,
      ...(text === undefined ? {} : { description: text }),
      schema: { ...node, ...fallback },
    };
  });
}

function answerContent(answer: RouteAnswer, named: NamedSchemas): OpenapiContent {
  if (answer.kind === "bytes") return Object.fromEntries(answer.contentTypes.map((type) => [type, { schema: {} }]));
  if (answer.kind === "json") return json(jsonSchemaOf(answer.schema, "output", named));
  if (answer.kind === "result") return json(envelope({ result: jsonSchemaOf(answer.schema, "output", named) }));
  const items = jsonSchemaOf(answer.item, "output", named);
  return json(
    envelope({ result: { type: "array", items }, result_info: jsonSchemaOf(resultInfoSchema, "output", named) }),
  );
}

function envelope(members: Readonly<Record<string, JsonSchema>>): JsonSchema {
  const texts: JsonSchema = { type: "array", items: {} };
  return {
    type: "object",
    properties: { success: { const: true }, errors: texts, messages: texts, ...members },
    required: ["success", "errors", "messages", ...Object.keys(members)],
  };
}

function json(schema: JsonSchema): OpenapiContent {
  return { "application/json": { schema } };
}

function documentPath(path: string): string {
  return path.replaceAll(/:([A-Za-z]+)/g, (_whole, name: string) => `{${wireName(name)}}`);
}

function sortedByName<Value>(record: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).toSorted(([left], [right]) => (left < right ? -1 : 1)));
}
