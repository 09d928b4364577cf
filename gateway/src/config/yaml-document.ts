import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import type { Document, Node, Pair, YAMLError, YAMLMap } from "yaml";
import { keyPath } from "./key-path.ts";

/** 1-based place in the file. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A fault of the text itself, before any key is looked at. */
export interface YamlFault {
  readonly position: Position;
  /** Null when the fault is in the syntax and not under a key. */
  readonly key: string | null;
  readonly text: string;
}

/** A YAML text as plain data that remembers where each key stood. */
export interface YamlDocument {
  /** Mappings are objects without a prototype; an empty text is null. Meaningless when there are faults. */
  readonly value: unknown;
  readonly faults: readonly YamlFault[];
  /** Where the key or list item at a path stands, or the nearest above it; the start of the file for the empty path. */
  positionOf(path: readonly PropertyKey[]): Position;
}

/** Bounds on what a text may unfold to: a few short aliases can otherwise stand for billions of values. */
const maxAliases = 100;
const maxNodes = 100_000;
const maxDepth = 64;
const tooDeep = "nested too deeply";
const tooDeepAtStart: YamlFault = { position: { line: 1, column: 1 }, key: null, text: tooDeep };

/** A node and the path to it. */
interface Place {
  readonly node: unknown;
  readonly path: readonly string[];
}

/** The walk over one document and what it has gathered. */
interface Walk {
  readonly document: Document.Parsed;
  readonly at: (node: unknown) => Position;
  readonly positions: Map<string, Position>;
  readonly faults: YamlFault[];
  nodes: number;
  aliases: number;
  /** Anchored nodes that are being unfolded right now. */
  readonly unfolding: Set<unknown>;
}

/**
 * Reads one YAML 1.2 document (core schema). Never throws: syntax errors, duplicate keys, unknown tags and directives,
 * keys that are not scalars, too deep nesting and too many aliases come back as faults. No tag runs anything.
 */
export function readYaml(text: string): YamlDocument {
  const lineCounter = new LineCounter();
  const at = (offset: number): Position => {
    const { line, col } = lineCounter.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const positions = new Map<string, Position>();
  const positionOf = (path: readonly PropertyKey[]): Position => nearestPosition(positions, path);
  const document = parseBounded(text, lineCounter);
  const faults =
    document === null
      ? [tooDeepAtStart]
      : syntaxErrors(document).map((error): YamlFault => {
          return { position: at(error.pos[0]), key: null, text: syntaxText(error) };
        });
  if (document === null || faults.length > 0) return { value: null, faults, positionOf };
  const walk: Walk = {
    document,
    at: (node) => at((node as Node | null)?.range?.[0] ?? 0),
    positions,
    faults,
    nodes: 0,
    aliases: 0,
    unfolding: new Set(),
  };
  const value = toPlain(walk, { node: document.contents, path: [] });
  return { value, faults, positionOf };
}

/** Errors and warnings; only the cause where the parser ran out of stack, which brings an error for every level left open. */
function syntaxErrors(document: Document.Parsed): YAMLError[] {
  const exhaustion = document.errors.find((error) => error.code === "RESOURCE_EXHAUSTION");
  return exhaustion === undefined ? [...document.errors, ...document.warnings] : [exhaustion];
}

function syntaxText({ code, message }: YAMLError): string {
  if (code === "DUPLICATE_KEY") return "the key is given twice";
  if (code === "MULTIPLE_DOCS") return "the file holds more than one YAML document";
  if (code === "RESOURCE_EXHAUSTION") return tooDeep;
  return `invalid YAML: ${message}`;
}

/** The parser recurses with the nesting of the text; null when that exhausts the stack. */
function parseBounded(text: string, lineCounter: LineCounter): Document.Parsed | null {
  try {
    return parseDocument(text, {
      lineCounter,
      prettyErrors: false,
      schema: "core",
      version: "1.2",
      logLevel: "error",
    });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function toPlain(walk: Walk, place: Place): unknown {
  const { node, path } = place;
  walk.nodes += 1;
  if (walk.nodes > maxNodes) return refuse(walk, place, "the file unfolds to too many values");
  if (path.length > maxDepth) return refuse(walk, { node, path: path.slice(0, 1) }, tooDeep);
  if (isAlias(node)) {
    walk.aliases += 1;
    if (walk.aliases > maxAliases) return refuse(walk, place, `more than ${maxAliases} aliases`);
    const target = node.resolve(walk.document);
    if (target === undefined) return refuse(walk, place, `unknown alias *${node.source}`);
    if (walk.unfolding.has(target)) return refuse(walk, place, `alias *${node.source} stands inside its own anchor`);
    return toPlain(walk, { node: target, path });
  }
  if (!isMap(node) && !isSeq(node)) return isScalar(node) ? node.value : null;
  walk.unfolding.add(node);
  const value = isMap(node)
    ? toObject(walk, node, path)
    : node.items.map((item, index) => toItem(walk, { node: item, path: path.concat(String(index)) }));
  walk.unfolding.delete(node);
  return value;
}

function toItem(walk: Walk, place: Place): unknown {
  walk.positions.set(JSON.stringify(place.path), walk.at(place.node));
  return toPlain(walk, place);
}

function toObject(walk: Walk, map: YAMLMap, path: readonly string[]): Record<string, unknown> {
  const object: Record<string, unknown> = Object.create(null);
  for (const pair of map.items as Pair<unknown, unknown>[]) {
    const key = keyOf(pair.key);
    if (key === "") {
      refuse(walk, { node: pair.key ?? map, path }, "expected a plain word as key");
      continue;
    }
    const keyed = [...path, key];
    if (key === "__proto__") {
      refuse(walk, { node: pair.key, path: keyed }, "this key is not allowed");
    } else if (Object.hasOwn(object, key)) {
      // `1` and `"1"` differ for YAML and are one key here.
      refuse(walk, { node: pair.key, path: keyed }, "the key is given twice");
    } else {
      walk.positions.set(JSON.stringify(keyed), walk.at(pair.key));
      object[key] = toPlain(walk, { node: pair.value, path: keyed });
    }
  }
  return object;
}

/** The key as it was written, so that `007` stays that; empty for what is no key. */
function keyOf(node: unknown): string {
  if (!isScalar(node)) return "";
  return typeof node.value === "string" ? node.value : (node.source ?? "");
}

function refuse(walk: Walk, { node, path }: Place, text: string): null {
  // A bound, once broken, is broken at thousands of places.
  const isRepeated = walk.faults.length >= 20 && walk.faults.at(-1)?.text === text;
  const key = path.length === 0 ? null : keyPath(path);
  if (!isRepeated) walk.faults.push({ position: walk.at(node), key, text });
  return null;
}

function nearestPosition(positions: ReadonlyMap<string, Position>, path: readonly PropertyKey[]): Position {
  for (let length = path.length; length > 0; length -= 1) {
    const found = positions.get(JSON.stringify(path.slice(0, length).map(String)));
    if (found !== undefined) return found;
  }
  return { line: 1, column: 1 };
}
