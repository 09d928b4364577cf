import { keyPath } from "../../config/key-path.ts";
import { namePattern } from "../../config/schema.ts";
import { validateFile } from "../../config/validate-file.ts";
import type { SourcePath, SourceValue } from "./import-source.ts";

/** What became of a part of the source. */
export type Outcome = "mapped" | "by hand" | "not mapped" | "nothing to do";

/** What became of the value at a path, and of all that stands below it and is not told by itself. */
export interface Finding {
  readonly path: SourcePath;
  readonly outcome: Outcome;
  /** Why, or what is to be done, for people. Holds no value of the source that could be a secret. */
  readonly text: string;
  /** Where in headgate.yaml it went; null unless mapped. */
  readonly target: TargetPath | null;
}

/** Keys and indexes from the root of headgate.yaml. */
export type TargetPath = readonly (string | number)[];

/** A variable that has to be set before the gateway starts. */
export interface WantedSecret {
  readonly name: string;
  readonly purpose: string;
  /** Where the secret stood, in plain text or by name. */
  readonly path: SourcePath;
}

/** A request that does what a rule of the other gateway did. */
export interface UniversalExample {
  readonly title: string;
  readonly steps: readonly object[];
}

/** headgate.yaml while it is made, and what is told of the source. */
export interface ImportDraft {
  readonly file: Readonly<Record<string, unknown>>;
  readonly findings: Finding[];
  readonly secrets: WantedSecret[];
  readonly examples: UniversalExample[];
}

/** A draft with nothing in it. */
export function newDraft(): ImportDraft {
  return { file: emptyMapping(), findings: [], secrets: [], examples: [] };
}

/** Tells that a value wants people: something to do elsewhere, by clients or before the start. */
export function byHand(draft: ImportDraft, { path }: SourceValue, text: string): void {
  draft.findings.push({ path, outcome: "by hand", text, target: null });
}

/** Tells that something is lost, and why. */
export function notMapped(draft: ImportDraft, { path }: SourceValue, text: string): void {
  draft.findings.push({ path, outcome: "not mapped", text, target: null });
}

/** Tells that nothing is lost although nothing was written: it is so anyway, or means nothing to a gateway. */
export function nothingToDo(draft: ImportDraft, { path }: SourceValue, text: string): void {
  draft.findings.push({ path, outcome: "nothing to do", text, target: null });
}

/** Tells that a value went into what another call wrote at `target`. */
export function mappedInto(draft: ImportDraft, { path }: SourceValue, target: TargetPath): void {
  draft.findings.push({ path, outcome: "mapped", text: "", target });
}

/**
 * Writes a value into the file, if this version takes it there, and tells so; tells why not otherwise.
 * @returns whether it was written.
 */
export function put(draft: ImportDraft, source: SourceValue, place: { target: TargetPath; value: unknown }): boolean {
  const fault = faultOf(place.target, place.value);
  if (fault !== null) {
    notMapped(draft, source, fault);
    return false;
  }
  write(draft, place.target, place.value);
  mappedInto(draft, source, place.target);
  return true;
}

/** The same as `put`, but what something before it in the source wrote stays. @returns whether the file now says what the source does. */
export function putOnce(
  draft: ImportDraft,
  source: SourceValue,
  place: { target: TargetPath; value: unknown },
): boolean {
  const before = valueAt(draft.file, place.target);
  if (before === undefined) return put(draft, source, place);
  if (before === place.value) mappedInto(draft, source, place.target);
  else notMapped(draft, source, `${keyPath(place.target)} is set already, by what comes before it`);
  return before === place.value;
}

/** Makes sure that a mapping is there, empty if it was not. */
export function putMapping(draft: ImportDraft, target: TargetPath): void {
  if (valueAt(draft.file, target) === undefined) write(draft, target, emptyMapping());
}

/**
 * Adds an item to a list of the file, if this version takes it there; tells of all `sources` that it went there, or why not.
 * @returns whether it was added.
 */
export function putItem(
  draft: ImportDraft,
  sources: readonly SourceValue[],
  { target, item }: { target: TargetPath; item: object },
): boolean {
  const before = (valueAt(draft.file, target) ?? []) as readonly object[];
  const fault = faultOf(target, [item]);
  if (fault === null) write(draft, target, [...before, item]);
  for (const source of sources) {
    if (fault === null) mappedInto(draft, source, [...target, before.length]);
    else notMapped(draft, source, fault);
  }
  return fault === null;
}

/** The value at a path of the file, or undefined. */
export function valueAt(file: unknown, target: TargetPath): unknown {
  return target.reduce<unknown>((inner, key) => {
    const isInside = typeof inner === "object" && inner !== null && Object.hasOwn(inner, key);
    return isInside ? (inner as Record<string | number, unknown>)[key] : undefined;
  }, file);
}

/** A name after `text` that accounts, gateways, aliases and custom providers may have. */
export function nameFrom(text: string): string {
  const plain = text
    .replaceAll(/[^A-Za-z0-9_-]+/g, "-")
    .replace(/^[^A-Za-z0-9]+/, "")
    .slice(0, 64)
    .replace(/-+$/, "");
  return namePattern.test(plain) ? plain : "unnamed";
}

function faultOf(target: TargetPath, value: unknown): string | null {
  // No file is read that has it as a key.
  if (target.includes("__proto__")) return "this key is not allowed";
  const file = target.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
  const fault = validateFile(file).faults[0];
  // What was got may be a secret, and all that is known here helps nobody.
  return fault === undefined ? null : fault.text.replace(/(?:, got|; known here:) .*$/s, "");
}

/** Without a prototype, so that no name of the source finds what is not there. */
function emptyMapping(): Readonly<Record<string, unknown>> {
  return Object.create(null) as Readonly<Record<string, unknown>>;
}

function write(draft: ImportDraft, target: TargetPath, value: unknown): void {
  let parent = draft.file as Record<string | number, unknown>;
  for (const key of target.slice(0, -1)) parent = (parent[key] ??= emptyMapping()) as Record<string | number, unknown>;
  parent[target.at(-1) as string | number] = value;
}
