import { type JsonSchema, namedSchemasPath } from "./json-schema.ts";

/** One field of a body or an answer, for people. */
export interface FieldRow {
  /** Dotted where it stands in another; `[]` for the elements of a list; empty for a value that has no name. */
  readonly name: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly description: string;
}

const DEEPEST = 4;

/** The fields of what `schema` describes, those of objects in it below their own; a value that is no object has one row. */
export function fieldRows(schema: JsonSchema, named: Readonly<Record<string, JsonSchema>>): FieldRow[] {
  return rowsBelow({ name: "", schema, isRequired: true, depth: 0 }, named);
}

interface Place {
  readonly name: string;
  readonly schema: JsonSchema;
  readonly isRequired: boolean;
  readonly depth: number;
}

function rowsBelow(
  { name, schema, isRequired, depth }: Place,
  named: Readonly<Record<string, JsonSchema>>,
): FieldRow[] {
  const node = resolved(schema, named);
  const inner = withoutNull(node, named);
  const own = { name, type: typeText(node, named), isRequired, description: descriptionOf(schema, node) };
  const isNameless = name === "";
  if (depth > DEEPEST) return [own];
  if (inner.type === "array" && inner.items !== undefined) {
    const items = rowsBelow({ name: `${name}[]`, schema: inner.items, isRequired: false, depth: depth + 1 }, named);
    const isFlat = items.length === 1 && items[0]?.description === "";
    return isFlat ? [own] : [...(isNameless ? [] : [own]), ...items];
  }
  const members = Object.entries(inner.properties ?? {});
  if (members.length === 0) return [own];
  const prefix = isNameless ? "" : `${name}.`;
  const below = members.flatMap(([member, memberSchema]) =>
    rowsBelow(
      {
        name: `${prefix}${member}`,
        schema: memberSchema,
        isRequired: inner.required?.includes(member) ?? false,
        depth: depth + 1,
      },
      named,
    ),
  );
  return isNameless || name.endsWith("[]") ? below : [own, ...below];
}

/** What a value has to be, in a few words. */
function typeText(node: JsonSchema, named: Readonly<Record<string, JsonSchema>>): string {
  const choices = node.anyOf ?? node.oneOf;
  if (choices !== undefined) {
    return [...new Set(choices.map((choice) => typeText(resolved(choice, named), named)))].join(" or ");
  }
  if (node.const !== undefined) return JSON.stringify(node.const);
  if (node.enum !== undefined) return node.enum.map((value) => JSON.stringify(value)).join(", ");
  if (node.type === "array") return `list of ${typeText(resolved(node.items ?? {}, named), named)}`;
  const type = [node.type ?? "any value"].flat().join(" or ");
  return `${node.format ?? type}${rangeText(node)}`;
}

function rangeText({ minimum, maximum, minLength, maxLength }: JsonSchema): string {
  if (minimum !== undefined && maximum !== undefined) return `, ${minimum} to ${maximum}`;
  if (minimum !== undefined) return `, at least ${minimum}`;
  if (maximum !== undefined) return `, at most ${maximum}`;
  if (maxLength !== undefined) return `, ${minLength ?? 0} to ${maxLength} characters`;
  return minLength === undefined ? "" : `, at least ${minLength} characters`;
}

function descriptionOf(schema: JsonSchema, node: JsonSchema): string {
  const text = schema.description ?? node.description ?? "";
  const fallback = schema.default ?? node.default;
  return fallback === undefined ? text : `${text} Default ${JSON.stringify(fallback)}.`.trim();
}

/** The node behind a reference. */
export function resolved(node: JsonSchema, named: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return (node.$ref === undefined ? undefined : named[node.$ref.slice(namedSchemasPath.length)]) ?? node;
}

function withoutNull(node: JsonSchema, named: Readonly<Record<string, JsonSchema>>): JsonSchema {
  const choices = (node.anyOf ?? node.oneOf ?? []).map((choice) => resolved(choice, named));
  const others = choices.filter(({ type }) => type !== "null");
  return others.length === 1 ? (others[0] as JsonSchema) : node;
}
