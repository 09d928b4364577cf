import type { Dialect } from "../dialects/dialect.ts";
import type { CollectedBytes } from "./byte-collector.ts";

type JsonObject = Record<string, unknown>;

/**
 * What can be told of a JSON text of which only both ends are known: an object with the usage objects, the model and the `type` found there,
 * each at every path where the dialect would look for it. Usage is the last one written, the rest the first.
 */
export function bodyFromWindows(dialect: Dialect, windows: CollectedBytes): Readonly<JsonObject> {
  const head = windows.head.toString("utf8");
  const tail = windows.tail.toString("utf8");
  const body: JsonObject = {};
  for (const path of dialect.usage.rules.at) {
    if (path === "") readNumbers(body, dialect, tail);
    else setPath(body, path, lastObject(tail, lastStep(path)) ?? lastObject(head, lastStep(path)));
  }
  for (const path of dialect.modelPaths)
    setPath(body, path, firstText(head, lastStep(path)) ?? firstText(tail, lastStep(path)));
  setPath(body, "type", firstText(head, "type"));
  return body;
}

function readNumbers(body: JsonObject, dialect: Dialect, text: string): void {
  const spellings = Object.values(dialect.usage.rules.counts).flat(2);
  for (const name of spellings.filter((spelling) => /^\w+$/.test(spelling))) {
    const found = [...text.matchAll(new RegExp(`"${name}"\\s*:\\s*(\\d{1,15})\\s*[,}]`, "g"))].at(-1);
    if (found !== undefined) body[name] = Number(found[1]);
  }
}

function lastObject(text: string, name: string): unknown {
  const quoted = `"${name}"`;
  for (let at = text.lastIndexOf(quoted); at >= 0; at = at === 0 ? -1 : text.lastIndexOf(quoted, at - 1)) {
    const opening = /^\s*:\s*\{/.exec(text.slice(at + quoted.length, at + quoted.length + 64));
    if (opening === null) continue;
    const found = objectAt(text, at + quoted.length + opening[0].length - 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The JSON object that begins at `start`; undefined when it is not whole or not JSON. */
function objectAt(text: string, start: number): unknown {
  let depth = 0;
  let inText = false;
  for (let index = start; index < text.length; index += 1) {
    const character = text[index];
    if (inText) {
      if (character === "\\") index += 1;
      else if (character === '"') inText = false;
    } else if (character === '"') inText = true;
    else if (character === "{") depth += 1;
    else if (character === "}") {
      depth -= 1;
      if (depth === 0) return parseObject(text.slice(start, index + 1));
    }
  }
  return undefined;
}

function parseObject(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function firstText(text: string, name: string): string | undefined {
  return new RegExp(`"${name}"\\s*:\\s*"([^"\\\\]{1,256})"`).exec(text)?.[1];
}

function lastStep(path: string): string {
  return path.slice(path.lastIndexOf(".") + 1);
}

function setPath(body: JsonObject, path: string, value: unknown): void {
  if (value === undefined) return;
  let current = body;
  const steps = path.split(".");
  for (const step of steps.slice(0, -1)) {
    current[step] ??= {};
    current = current[step] as JsonObject;
  }
  current[steps.at(-1) as string] ??= value;
}
