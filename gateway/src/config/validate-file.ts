import type { z } from "zod";
import { closestName } from "./closest-name.ts";
import type { PathFault } from "./check-providers.ts";
import { gotText } from "./got-text.ts";
import { buildJsonSchema, expectationOf, schemaNodeAt, withoutNull } from "./json-schema.ts";
import type { JsonSchemaNode } from "./json-schema.ts";
import { fileSchema, unsupportedGatewaySettings } from "./schema.ts";
import type { FileSettings } from "./schema.ts";

/** The settings of a file, or every fault found in it. */
export type FileValidation =
  | { readonly settings: FileSettings; readonly faults: readonly [] }
  | { readonly settings: null; readonly faults: readonly PathFault[] };

/** Holds a file's data against the schema. A null value, an empty file, gives the defaults. */
export function validateFile(value: unknown): FileValidation {
  const result = fileSchema.safeParse(value ?? {});
  if (result.success) return { settings: result.data, faults: [] };
  const root = buildJsonSchema();
  const faults = result.error.issues.flatMap((issue) => faultsOf(issue, value, root));
  // One value can break several rules at once (not whole and too large); their texts are the same.
  const unique = new Map(faults.map((fault) => [JSON.stringify([fault.path, fault.text]), fault]));
  return { settings: null, faults: [...unique.values()] };
}

function faultsOf(issue: z.core.$ZodIssue, value: unknown, root: JsonSchemaNode): PathFault[] {
  const { path } = issue;
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({ path: [...path, key], text: unknownKeyText(key, path, root) }));
  }
  if (issue.code === "invalid_key") {
    return [{ path, text: 'expected a name of 1 to 64 letters, digits, "_" or "-", the first a letter or digit' }];
  }
  // Whatever was written there may be a key, and problems end up in logs.
  if (isKeySecret(path)) return [{ path, text: SECRET_TEXT }];
  const node = schemaNodeAt(root, path);
  const expected = issue.code === "custom" || node === undefined ? issue.message : `expected ${expectationOf(node)}`;
  return [{ path, text: `${expected}, got ${gotText(valueAt(value, path))}` }];
}

const SECRET_TEXT =
  "expected env:NAME or file:PATH: a key itself does not belong into this file. " +
  "Put it into a variable of the environment (none of HEADGATE_…) or into a file, and name that here";

/** `accounts.{account}.gateways.{gateway}.keys[n].secret` */
function isKeySecret(path: readonly PropertyKey[]): boolean {
  return path.length === 7 && path[0] === "accounts" && path[4] === "keys" && path[6] === "secret";
}

function unknownKeyText(key: string, path: readonly PropertyKey[], root: JsonSchemaNode): string {
  const isGatewaySetting = path.length === 4 && path[0] === "accounts" && path[2] === "gateways";
  if (isGatewaySetting && unsupportedGatewaySettings.has(key)) return "this setting is not supported by this version";
  const node = schemaNodeAt(root, path);
  const known = Object.keys(node === undefined ? {} : (withoutNull(node).properties ?? {}));
  const closest = closestName(key, known);
  return closest === undefined
    ? `unknown key; known here: ${known.join(", ")}`
    : `unknown key; did you mean "${closest}"?`;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((inner, segment) => {
    const isInside = typeof inner === "object" && inner !== null && Object.hasOwn(inner, segment);
    return isInside ? (inner as Record<PropertyKey, unknown>)[segment] : undefined;
  }, value);
}
