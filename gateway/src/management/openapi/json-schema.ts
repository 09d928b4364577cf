import { z } from "zod";

/** The part of JSON Schema (draft 2020-12) that the API's schemas use. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly examples?: readonly unknown[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly propertyNames?: JsonSchema;
}

/** Schemas that have an id of their own (`.meta({ id })`), by that id. */
export type NamedSchemas = Record<string, JsonSchema>;

/** Where documents keep named schemas. */
export const namedSchemasPath = "#/components/schemas/";

/**
 * What `schema` takes (`input`) or gives (`output`) as JSON Schema. Schemas with an id are put into `named` and referred to. Answers
 * may always grow members, so none of them is closed.
 * @throws Error when two different schemas have one id.
 */
export function jsonSchemaOf(schema: z.ZodType, io: "input" | "output", named: NamedSchemas): JsonSchema {
  const made = z.toJSONSchema(schema, {
    io,
    unrepresentable: "any",
    override({ zodSchema, jsonSchema }) {
      // They are of what is given where a schema makes something else of it, and would be left out.
      const examples = z.globalRegistry.get(zodSchema)?.["examples"];
      if (io === "input" && Array.isArray(examples)) jsonSchema.examples = examples;
      if (io === "output" && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
    },
  });
  const { $schema: _dialect, $defs: definitions = {}, ...rest } = withDocumentPaths(made) as Record<string, unknown>;
  for (const [id, definition] of Object.entries(definitions as NamedSchemas)) addNamed(named, id, definition);
  const { id, ...node } = rest;
  if (typeof id !== "string") return node as JsonSchema;
  addNamed(named, id, node as JsonSchema);
  return { $ref: `${namedSchemasPath}${id}` };
}

function addNamed(named: NamedSchemas, id: string, definition: JsonSchema): void {
  const known = named[id];
  if (known !== undefined && JSON.stringify(known) !== JSON.stringify(definition)) {
    throw new Error(`Two schemas are called ${id}`);
  }
  named[id] = definition;
}

function withDocumentPaths(schema: object): unknown {
  return JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/$defs/', `"$ref":"${namedSchemasPath}`));
}
