import { jsonSpan } from "../core/json-span.ts";

/** What a request asks of its answer. */
export interface AskedCompletion {
  /** Most tokens of one answer; null when the request sets no bound. */
  readonly maxTokens: number | null;
  /** How many answers it wants. */
  readonly count: number;
}

/** Where requests say how long the answer may be, in the forms that vendors take. */
const lengthPaths = lookedFor([
  ["max_completion_tokens"],
  ["max_tokens"],
  ["max_output_tokens"],
  ["max_new_tokens"],
  ["max_tokens_to_sample"],
  ["generationConfig", "maxOutputTokens"],
  ["inferenceConfig", "maxTokens"],
  ["textGenerationConfig", "maxTokenCount"],
  ["options", "num_predict"],
  ["parameters", "max_new_tokens"],
]);
/** Where they say how many answers they want. */
const countPaths = lookedFor([["n"], ["generationConfig", "candidateCount"]]);

/** Reads from a JSON body, in whatever vendor's form, how much of an answer it asks for. */
export function askedCompletion(body: Buffer): AskedCompletion {
  return { maxTokens: numberAt(body, lengthPaths), count: numberAt(body, countPaths) ?? 1 };
}

/** A path, and its last name as it stands in the text. */
interface LookedFor {
  readonly path: readonly string[];
  readonly quoted: Buffer;
}

function lookedFor(paths: readonly (readonly string[])[]): readonly LookedFor[] {
  return paths.map((path) => ({ path, quoted: Buffer.from(`"${path.at(-1)}"`) }));
}

/** The first whole number, from 1 on, at one of the paths. */
function numberAt(body: Buffer, paths: readonly LookedFor[]): number | null {
  for (const { path, quoted } of paths) {
    // Most requests have none of them: looking for the bytes is quicker than walking the text.
    if (!body.includes(quoted)) continue;
    const span = jsonSpan(body, path);
    const number = span === null ? Number.NaN : Number(body.toString("latin1", span.start, span.end));
    if (Number.isSafeInteger(number) && number > 0) return number;
  }
  return null;
}
