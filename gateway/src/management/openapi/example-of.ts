import { resolved } from "./field-rows.ts";
import type { JsonSchema } from "./json-schema.ts";

/** A small value that `schema` takes: its own example, its default, or one with the required members only. */
export function exampleOf(schema: JsonSchema, named: Readonly<Record<string, JsonSchema>>): unknown {
  const node = resolved(schema, named);
  if (node.examples?.[0] !== undefined) return node.examples[0];
  if (node.const !== undefined) return node.const;
  if (node.default !== undefined) return node.default;
  const choice = (node.anyOf ?? node.oneOf)?.[0];
  if (choice !== undefined) return exampleOf(choice, named);
  if (node.enum !== undefined) return node.enum[0];
  if (node.type === "array") return node.items === undefined ? [] : [exampleOf(node.items, named)];
  if (node.type === "object") return requiredMembers(node, named);
  if (node.type === "integer" || node.type === "number") return node.minimum ?? 0;
  if (node.type === "boolean") return true;
  return node.type === "null" ? null : "…";
}

function requiredMembers(node: JsonSchema, named: Readonly<Record<string, JsonSchema>>): Record<string, unknown> {
  const names = node.required ?? [];
  return Object.fromEntries(names.map((name) => [name, exampleOf(node.properties?.[name] ?? {}, named)]));
}
