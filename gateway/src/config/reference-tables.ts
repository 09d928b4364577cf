import { environmentVariables } from "./environment.ts";
import { buildJsonSchema, expectationOf, withoutNull } from "./json-schema.ts";
import type { JsonSchemaNode } from "./json-schema.ts";

/** One key of the configuration file as the reference page tells it. */
export interface ReferenceRow {
  /** Path with `<account>`, `<gateway>` and `<provider>` for keys that users name. */
  readonly key: string;
  readonly value: string;
  /** Undefined for required keys and for those whose default depends on others. */
  readonly default: unknown;
  readonly description: string;
}

/** Every key of the file, sections before what they hold, in the order of the schema. */
export function fileReferenceRows(node: JsonSchemaNode = buildJsonSchema(), prefix = ""): ReferenceRow[] {
  const { properties = {}, additionalProperties } = withoutNull(node);
  const children = Object.entries(properties);
  if (additionalProperties) children.push([`<${additionalProperties.title}>`, additionalProperties]);
  const rows: ReferenceRow[] = [];
  for (const [name, child] of children) {
    const key = prefix + name;
    rows.push({ key, value: expectationOf(child), default: child.default, description: child.description ?? "" });
    rows.push(...fileReferenceRows(child, `${key}.`));
  }
  return rows;
}

/** The reference page with the tables between its `<!-- table:… -->` markers made anew. */
export function withReferenceTables(page: string): string {
  const fileRows = fileReferenceRows().map((row) => [
    `\`${row.key}\``,
    row.value,
    row.default === undefined ? "–" : `\`${JSON.stringify(row.default)}\``,
    row.description,
  ]);
  const variableRows = environmentVariables.map((variable) => [
    `\`${variable.name}\``,
    variable.expected,
    variable.default,
    variable.description,
  ]);
  const withFile = replaceTable(page, "file", markdownTable(["Key", "Value", "Default", "Meaning"], fileRows));
  return replaceTable(
    withFile,
    "environment",
    markdownTable(["Variable", "Value", "Default", "Meaning"], variableRows),
  );
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => "---"), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function replaceTable(page: string, name: string, table: string): string {
  const begin = `<!-- table:${name} -->`;
  const end = "<!-- /table -->";
  const from = page.indexOf(begin);
  const to = page.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`the page has no table marked ${begin} … ${end}`);
  return `${page.slice(0, from + begin.length)}\n\n${table}\n\n${page.slice(to)}`;
}
