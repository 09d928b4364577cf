import { z } from "zod";
import { fileSchema } from "./schema.ts";

/** The part of JSON Schema (draft 2020-12) that the configuration schema uses. */
export interface JsonSchemaNode {
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchemaNode[];
  readonly properties?: Readonly<Record<string, JsonSchemaNode>>;
  readonly additionalProperties?: JsonSchemaNode | false;
  readonly items?: JsonSchemaNode;
}

/** The JSON Schema of the configuration file, as an author writes it: defaults may be left out. */
export function buildJsonSchema(): JsonSchemaNode {
  return z.toJSONSchema(fileSchema, { io: "input" }) as JsonSchemaNode;
}

/** The node with "or null" taken away: of `anyOf`, the first choice that is not null. */
export function withoutNull(node: JsonSchemaNode): JsonSchemaNode {
  const choice = node.anyOf?.find((candidate) => candidate.type !== "null");
  return choice === undefined ? node : choice;
}

/** The node that describes the value at `path`; undefined for a path that the schema does not know. */
export function schemaNodeAt(root: JsonSchemaNode, path: readonly PropertyKey[]): JsonSchemaNode | undefined {
  let node: JsonSchemaNode | undefined = root;
  for (const segment of path) {
    if (node === undefined) return undefined;
    const { properties = {}, additionalProperties, items }: JsonSchemaNode = withoutNull(node);
    if (typeof segment === "number") {
      node = items;
      continue;
    }
    const isDeclared: boolean = Object.hasOwn(properties, segment);
    node = isDeclared ? properties[segment as string] : additionalProperties || undefined;
  }
  return node;
}

/** What a value has to be, in words: `an integer from 1 to 5 or null`, `one of "a", "b"`. */
export function expectationOf(node: JsonSchemaNode): string {
  const inner = withoutNull(node);
  // A mapping with nothing behind its key is read as an empty one; saying so would only distract.
  const isNullWorthTelling = inner !== node && inner.type !== "object";
  return describe(inner) + (isNullWorthTelling ? " or null" : "");
}

function describe(node: JsonSchemaNode): string {
  if (node.enum !== undefined) return `one of ${node.enum.map((value) => JSON.stringify(value)).join(", ")}`;
  if (node.type === "integer") return `an integer from ${node.minimum} to ${node.maximum}`;
  if (node.type === "number") {
    return node.minimum === undefined
      ? `a number above ${node.exclusiveMinimum}, up to ${node.maximum}`
      : `a number from ${node.minimum} to ${node.maximum}`;
  }
  if (node.type === "boolean") return "true or false";
  if (node.type === "array") return "a list";
  if (node.type === "object") return "a mapping";
  return node.format === "uri-template" ? "an http or https URL" : "a string";
}
