/** The part of JSON Schema that the API's description uses for bodies. */
export interface ValueSchema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly ValueSchema[];
  readonly properties?: Readonly<Record<string, ValueSchema>>;
  readonly required?: readonly string[];
  readonly items?: ValueSchema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly [member: string]: unknown;
}

/**
 * What is wrong with a value, as the API's own description has it; undefined for nothing. The API is stricter in places: what
 * passes here may still be refused there.
 */
export function valueFault(schema: ValueSchema, value: unknown): string | undefined {
  if (schema.anyOf !== undefined) {
    const faults = schema.anyOf.map((choice) => valueFault(choice, value));
    if (faults.includes(undefined)) return undefined;
    // What is said of null helps nobody who has entered something else.
    return faults.find((_, index) => schema.anyOf?.[index]?.type !== "null") ?? faults[0];
  }
  if (schema.const !== undefined) return value === schema.const ? undefined : `Expected ${String(schema.const)}`;
  if (schema.enum !== undefined) {
    return schema.enum.includes(value) ? undefined : `Expected one of ${schema.enum.map(String).join(", ")}`;
  }
  return typeFault(schema, value) ?? boundFault(schema, value);
}

/** The fault of one member of a body; undefined for none, and for members the description does not know. */
export function memberFault(body: ValueSchema, name: string, value: unknown): string | undefined {
  const schema = body.properties?.[name];
  if (schema === undefined) return undefined;
  if (value === undefined) return body.required?.includes(name) === true ? "This is needed" : undefined;
  return valueFault(schema, value);
}

function typeFault({ type }: ValueSchema, value: unknown): string | undefined {
  if (type === undefined) return undefined;
  const types = typeof type === "string" ? [type] : type;
  if (types.some((each) => isOfType(each, value))) return undefined;
  const wanted = types.find((each) => each !== "null") ?? "null";
  return `Expected ${names[wanted] ?? wanted}`;
}

const names: Readonly<Record<string, string>> = {
  integer: "a whole number",
  number: "a number",
  string: "text",
  boolean: "yes or no",
  array: "a list",
  object: "several members",
  null: "nothing",
};

function isOfType(type: string, value: unknown): boolean {
  if (type === "integer") return Number.isSafeInteger(value);
  if (type === "number") return typeof value === "number" && Number.isFinite(value);
  if (type === "array") return Array.isArray(value);
  if (type === "null") return value === null;
  if (type === "object") return typeof value === "object" && value !== null && !Array.isArray(value);
  return typeof value === type;
}

function boundFault(schema: ValueSchema, value: unknown): string | undefined {
  if (typeof value === "number") return numberFault(schema, value);
  if (typeof value === "string") return textFault(schema, value);
  if (Array.isArray(value)) return listFault(schema, value);
  if (typeof value === "object" && value !== null) {
    for (const name of Object.keys(schema.properties ?? {})) {
      const fault = memberFault(schema, name, (value as Readonly<Record<string, unknown>>)[name]);
      if (fault !== undefined) return `${name}: ${fault}`;
    }
  }
  return undefined;
}

function numberFault({ minimum, maximum, exclusiveMinimum }: ValueSchema, value: number): string | undefined {
  if (exclusiveMinimum !== undefined && value <= exclusiveMinimum) return `Expected more than ${exclusiveMinimum}`;
  const isBelow = minimum !== undefined && value < minimum;
  const isAbove = maximum !== undefined && value > maximum;
  if (!isBelow && !isAbove) return undefined;
  const bounds = new Intl.NumberFormat();
  if (minimum !== undefined && maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER) {
    return `Expected ${bounds.format(minimum)} to ${bounds.format(maximum)}`;
  }
  return isBelow ? `Expected ${bounds.format(minimum)} or more` : `Expected ${bounds.format(maximum ?? 0)} or less`;
}

function textFault({ minLength = 0, maxLength = Infinity, pattern }: ValueSchema, value: string): string | undefined {
  if (value === "" && (minLength > 0 || pattern !== undefined)) return "This is needed";
  if (value.length < minLength) return `Expected ${minLength} characters or more`;
  if (value.length > maxLength) return `Expected ${maxLength} characters or fewer`;
  if (pattern === undefined || new RegExp(pattern, "u").test(value)) return undefined;
  return "This is not of the form that is expected";
}

function listFault({ items, minItems = 0, maxItems = Infinity }: ValueSchema, value: readonly unknown[]) {
  if (value.length < minItems) return `Expected ${minItems} or more`;
  if (value.length > maxItems) return `Expected ${maxItems} or fewer`;
  if (items === undefined) return undefined;
  return value.map((each) => valueFault(items, each)).find((fault) => fault !== undefined);
}
