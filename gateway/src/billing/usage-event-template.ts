/** A usage event with places for what a request used. */
export interface UsageEventTemplate {
  readonly name: string;
  readonly payload: Readonly<Record<string, string>>;
}

/** What fills the places of a template: the text of a variable, null where nothing is known of it. */
export type VariableValue = (variable: string) => string | null;

/** Variables of the product (reference §13.6), and `cost_nano_usd`, a whole number as billing services want it. */
const templateVariables: ReadonlySet<string> = new Set([
  "cost",
  "cost_nano_usd",
  "model",
  "provider",
  "input_tokens",
  "output_tokens",
  "cached_read_tokens",
  "cached_write_tokens",
]);

const METADATA = "metadata_";
/** Texts of the template, and variables outside of them, which JSON would not take. */
const textOrVariable = /"(?:[^"\\]|\\.)*"|\$\w+|\{\{timestamp\}\}/g;
const variable = /\$(\w+)/g;
/** What is said of an event besides by its template: when it was, and which. */
const ownMembers: ReadonlySet<string> = new Set(["timestamp", "identifier"]);
const MAX_MEMBERS = 50;

/**
 * Reads the text of a `payload` (reference §13.6): JSON with `event_name` and `payload`, in which `$name` stands for a variable, quoted or not. `timestamp` and
 * `identifier` may be there and are ignored: the time of the request and its log id take their places.
 * @returns the template, or what is wrong with the text, in words for its author.
 */
export function readTemplate(text: string): UsageEventTemplate | string {
  const given = jsonObject(text.replace(textOrVariable, (found) => (found.startsWith('"') ? found : `"${found}"`)));
  if (given === null) return "expected a JSON object with event_name and payload";
  const { event_name: name, payload, ...others } = given;
  const foreign = Object.keys(others).find((key) => !ownMembers.has(key));
  if (foreign !== undefined) return `unknown member ${JSON.stringify(foreign)}, expected event_name and payload`;
  if (typeof name !== "string" || name === "") return "expected event_name to be a text";
  if (!isObject(payload)) return "expected payload to be an object";
  const members = Object.entries(payload);
  if (members.length === 0 || members.length > MAX_MEMBERS) return `expected 1 to ${MAX_MEMBERS} members in payload`;
  const odd = members.find(([, value]) => typeof value !== "string" && typeof value !== "number");
  if (odd !== undefined) return `expected payload.${odd[0]} to be a text or a number`;
  const template = { name, payload: Object.fromEntries(members.map(([key, value]) => [key, String(value)])) };
  const unknown = variablesOf(template).find((each) => !templateVariables.has(each) && !isMetadata(each));
  return unknown === undefined ? template : `unknown variable $${unknown}, expected ${knownVariables}`;
}

const knownVariables = [...templateVariables, `${METADATA}…`].map((each) => `$${each}`).join(", ");

/**
 * Fills a template in. Values go into texts that were taken apart before, so that whatever a client sends as metadata stays a value.
 * @returns the event's name and payload, or the first variable of which nothing is known.
 */
export function fillTemplate(
  { name, payload }: UsageEventTemplate,
  valueOf: VariableValue,
): UsageEventTemplate | { readonly missing: string } {
  let missing: string | null = null;
  const filled = (text: string): string =>
    text.replace(variable, (_, each: string) => {
      const value = valueOf(each);
      if (value === null || value === "") missing ??= each;
      return value ?? "";
    });
  const event = {
    name: filled(name),
    payload: Object.fromEntries(Object.entries(payload).map(([key, value]) => [key, filled(value)])),
  };
  return missing === null ? event : { missing };
}

/** The key of a `$metadata_…` variable; null for another one. */
export function metadataKey(name: string): string | null {
  return isMetadata(name) ? name.slice(METADATA.length) : null;
}

function isMetadata(name: string): boolean {
  return name.startsWith(METADATA) && name.length > METADATA.length;
}

function variablesOf({ name, payload }: UsageEventTemplate): string[] {
  return [name, ...Object.values(payload)].flatMap((text) =>
    [...text.matchAll(variable)].map(([, each]) => each as string),
  );
}

function jsonObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
