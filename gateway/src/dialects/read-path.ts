/** One step of a path: a member's name, or the elements of an array whose `key` is `wanted` (all of them for an empty `key`). */
type PathStep = string | { readonly list: string; readonly key: string; readonly wanted: string };

/** A path ready to be walked. */
export type Path = readonly PathStep[];

/** True for a JSON object: neither null nor an array. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * A path of member names joined by dots; the empty path is the value itself.
 * `name[key=VALUE].rest` looks through the array `name` for the elements whose `key` is `VALUE`, `name[].rest` through all of them:
 * the first one's rest, or the sum of them when there are several numbers.
 */
export function parsePath(path: string): Path {
  if (path === "") return [];
  return path.split(".").map((step) => {
    const bracket = step.indexOf("[");
    if (bracket < 0) return step;
    const [key = "", wanted = ""] = step.slice(bracket + 1, -1).split("=");
    return { list: step.slice(0, bracket), key, wanted };
  });
}

/** The value at a path, or undefined when any step of it is missing. */
export function readPath(value: unknown, path: string): unknown {
  if (!path.includes(".") && !path.includes("[") && path !== "") return isRecord(value) ? value[path] : undefined;
  return walkPath(value, parsePath(path), 0);
}

/** The value that `path` leads to from its step `from`, or undefined when any step of it is missing. */
export function walkPath(value: unknown, path: Path, from: number): unknown {
  let current: unknown = value;
  for (let index = from; index < path.length; index += 1) {
    if (!isRecord(current)) return undefined;
    const step = path[index] as PathStep;
    if (typeof step === "string") current = current[step];
    else {
      const { key, wanted } = step;
      const list = current[step.list];
      if (!Array.isArray(list)) return undefined;
      const found: unknown[] = list.filter((element) => isRecord(element) && (key === "" || element[key] === wanted));
      return firstOrSum(found.map((element) => walkPath(element, path, index + 1)));
    }
  }
  return current;
}

function firstOrSum(values: readonly unknown[]): unknown {
  const numbers = values.filter((value) => typeof value === "number");
  if (numbers.length > 1) return numbers.reduce((sum, number) => sum + number, 0);
  return values.find((value) => value !== undefined && value !== null);
}

/** The first non-empty text among several paths, or null. */
export function readText(value: unknown, paths: readonly (string | Path)[]): string | null {
  for (const path of paths) {
    const found = typeof path === "string" ? readPath(value, path) : walkPath(value, path, 0);
    if (typeof found === "string" && found !== "") return found;
  }
  return null;
}
