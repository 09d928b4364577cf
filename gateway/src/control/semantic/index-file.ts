import { appendFileSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import type { IndexedQuestion } from "../../cache/semantic/semantic-index.ts";

/** Where the index is kept over restarts. */
export interface IndexFile {
  /** What was kept; nothing where the file is of another encoder or damaged, without the lines that are. */
  read(): IndexedQuestion[];
  append(question: IndexedQuestion): void;
  /** Replaces all there is. */
  write(questions: Iterable<IndexedQuestion>): void;
  /** Lines in the file, those that do not count any more among them. */
  readonly lineCount: number;
}

const FORMAT = 1;

/**
 * Opens the file of an index: a line of JSON an entry, vectors as base64 of little-endian floats, questions in clear; readable by its owner alone.
 * @param onFault told when it cannot be written; the index then lives in memory alone.
 */
export function openIndexFile(path: string, encoder: string, onFault: (problem: string) => void): IndexFile {
  let lineCount = 0;
  let isBroken = false;
  const attempt = (act: () => void): void => {
    if (isBroken) return;
    try {
      act();
    } catch (error) {
      isBroken = true;
      onFault(String(error));
    }
  };
  const head = `${JSON.stringify({ format: FORMAT, encoder })}\n`;
  return {
    read() {
      const [first = "", ...lines] = textOf(path).split("\n");
      if (`${first}\n` !== head) {
        attempt(() => rmSync(path, { force: true }));
        return [];
      }
      const read = lines.flatMap((line) => questionOf(line));
      lineCount = lines.length;
      return read;
    },
    append(question) {
      attempt(() => {
        if (lineCount === 0) writeFileSync(path, head, { mode: 0o600 });
        appendFileSync(path, lineOf(question));
        lineCount += 1;
      });
    },
    write(questions) {
      attempt(() => {
        const lines = [...questions].map(lineOf);
        writeFileSync(`${path}.new`, [head, ...lines].join(""), { mode: 0o600 });
        renameSync(`${path}.new`, path);
        lineCount = Math.max(1, lines.length);
      });
    },
    get lineCount() {
      return lineCount;
    },
  };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function lineOf({ partition, key, variant, text, expiresAtMs, stamp, vector: floats }: IndexedQuestion): string {
  const vector = Buffer.from(floats.buffer, floats.byteOffset, floats.byteLength).toString("base64");
  return `${JSON.stringify({ partition, key, variant, text, expiresAtMs, stamp, vector })}\n`;
}

function questionOf(line: string): IndexedQuestion[] {
  try {
    const { vector, ...question } = JSON.parse(line) as Omit<IndexedQuestion, "vector"> & { readonly vector: string };
    const bytes = Uint8Array.from(Buffer.from(vector, "base64"));
    const isWhole =
      [question.partition, question.key, question.variant, question.text].every((text) => typeof text === "string") &&
      typeof question.expiresAtMs === "number" &&
      Array.isArray(question.stamp) &&
      bytes.length > 0 &&
      bytes.length % 4 === 0;
    return isWhole ? [{ ...question, vector: new Float32Array(bytes.buffer) }] : [];
  } catch {
    // The last line of a process that was killed.
    return [];
  }
}
