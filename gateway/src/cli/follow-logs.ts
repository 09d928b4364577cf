import { readLines } from "./read-lines.ts";

/** What a live tail tells: a log row, or how many rows it had to leave out. */
export type TailEvent =
  | { readonly type: "log"; readonly row: Readonly<Record<string, unknown>> }
  | { readonly type: "lost"; readonly rows: number };

/** The events of a live tail's stream, comments left out. */
export async function* tailEvents(stream: ReadableStream<Uint8Array>): AsyncGenerator<TailEvent, void> {
  let name = "";
  for await (const line of readLines(stream)) {
    if (line.startsWith("event: ")) name = line.slice(7);
    if (!line.startsWith("data: ")) continue;
    const data = JSON.parse(line.slice(6)) as Readonly<Record<string, unknown>>;
    if (name === "log") yield { type: "log", row: data };
    if (name === "lost") yield { type: "lost", rows: data["rows"] as number };
  }
}
