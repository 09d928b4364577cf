import { ConfigError } from "../../config/config-error.ts";
import { type Position, readYaml } from "../../config/yaml-document.ts";

/** Keys and indexes from the file's root to a value. */
export type SourcePath = readonly string[];

/** A value of the file and where it stands. */
export interface SourceValue {
  readonly path: SourcePath;
  readonly value: unknown;
}

/** Another gateway's configuration file, read. */
export interface ImportSource {
  /** Name to be shown. */
  readonly name: string;
  readonly root: SourceValue;
  readonly positionOf: (path: SourcePath) => Position;
}

type Mapping = Readonly<Record<string, unknown>>;

/**
 * Reads a YAML or JSON text. YAML's merge key `<<` is followed, as the gateways that read YAML do.
 * @throws ConfigError with line and column when it is neither, or unfolds to too much.
 */
export function parseSource(name: string, text: string): ImportSource {
  // In JSON a tab can only stand between values, where YAML takes some of them amiss.
  const isJson = /^[\s\uFEFF]*[[{]/.test(text);
  const document = readYaml(isJson ? text.replaceAll("\t", " ") : text);
  if (document.faults.length > 0) {
    throw new ConfigError(
      document.faults.map(({ position, key, text: fault }) => ({ source: name, ...position, key, text: fault })),
    );
  }
  return { name, root: { path: [], value: merged(document.value) }, positionOf: document.positionOf };
}

/** Whether the value is a mapping. */
export function isMapping(value: unknown): value is Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What stands under a key of a mapping; null when there is no such key, or no mapping. */
export function memberOf(parent: SourceValue, key: string): SourceValue | null {
  if (!isMapping(parent.value) || !Object.hasOwn(parent.value, key)) return null;
  return { path: [...parent.path, key], value: parent.value[key] };
}

/** The members of a mapping with their keys; none of anything else. */
export function membersOf(parent: SourceValue): readonly (readonly [string, SourceValue])[] {
  if (!isMapping(parent.value)) return [];
  return Object.entries(parent.value).map(([key, value]) => [key, { path: [...parent.path, key], value }]);
}

/** The items of a list; none of anything else. */
export function itemsOf(parent: SourceValue): readonly SourceValue[] {
  if (!Array.isArray(parent.value)) return [];
  return (parent.value as readonly unknown[]).map((value, index) => ({ path: [...parent.path, String(index)], value }));
}

/** A path as people write it: `model_list[0].model_name`. */
export function sourcePathText(path: SourcePath): string {
  return path.reduce((text, key) => {
    if (/^\d+$/.test(key)) return `${text}[${key}]`;
    if (!/^[A-Za-z0-9_-]+$/.test(key)) return `${text}[${JSON.stringify(key)}]`;
    return text === "" ? key : `${text}.${key}`;
  }, "");
}

/** The text that a value is; null for anything else. */
export function textOf(source: SourceValue | null): string | null {
  return typeof source?.value === "string" ? source.value : null;
}

/** Paths of everything that holds nothing further: scalars, null, empty lists and mappings. */
export function leafPaths({ path, value }: SourceValue): readonly SourcePath[] {
  const parent = { path, value };
  const below = [...itemsOf(parent), ...membersOf(parent).map(([, member]) => member)];
  return below.length === 0 ? [path] : below.flatMap(leafPaths);
}

function merged(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(merged);
  if (!isMapping(value)) return value;
  const { "<<": inherited, ...own } = value;
  const bases = [inherited].flat().filter(isMapping);
  if (bases.length === 0) return mapped(value);
  // What is nearer wins: own keys, then the first of several bases.
  return Object.assign({}, ...bases.map((base) => merged(base)).toReversed(), mapped(own));
}

function mapped(value: Mapping): Mapping {
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, merged(inner)]));
}
