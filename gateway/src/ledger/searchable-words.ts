/** Members of prompts and answers whose strings are what people wrote or read; the wire formats share most of the names. */
const textMembers: ReadonlySet<string> = new Set([
  "arguments",
  "completion",
  "content",
  "delta",
  "documents",
  "generated_text",
  "input",
  "inputText",
  "instructions",
  "message",
  "output",
  "outputText",
  "output_text",
  "parts",
  "prompt",
  "query",
  "reasoning",
  "reasoning_content",
  "refusal",
  "response",
  "summary",
  "system",
  "text",
  "thinking",
  "transcript",
]);

/** A string so long without a space is data, an image for instance. */
const maxWordLength = 200;

/** Bodies are looked into up to this size. */
const maxBodyBytes = 262_144;

/**
 * The words of a prompt and its answer, for full-text search: the texts in their JSON, in the events of a stream joined as they
 * came, else the text of the body itself; nothing of bodies that are no text. At most `maxCharacters`, half of it from the prompt
 * where both are long.
 */
export function searchableWords(request: Buffer | null, response: Buffer | null, maxCharacters: number): string {
  const prompt = request === null ? "" : wordsOf(request, maxCharacters);
  const answer = response === null ? "" : wordsOf(response, maxCharacters);
  if (prompt.length + answer.length + 1 <= maxCharacters) return `${prompt} ${answer}`.trim();
  const forPrompt = Math.max(maxCharacters >> 1, maxCharacters - answer.length - 1);
  const head = prompt.slice(0, forPrompt);
  return `${head} ${answer.slice(0, Math.max(0, maxCharacters - head.length - 1))}`.trim();
}

function wordsOf(body: Buffer, maxCharacters: number): string {
  if (body.length === 0 || body.subarray(0, 1024).includes(0)) return "";
  const text = body.toString("utf8", 0, maxBodyBytes);
  const document = parsed(text);
  if (document !== undefined) return collected([document], " ", maxCharacters);
  const events = eventsOf(text);
  return events.length > 0 ? collected(events, "", maxCharacters) : text.slice(0, maxCharacters);
}

/** The JSON values in the lines of an event stream, or of newline-delimited JSON. */
function eventsOf(text: string): unknown[] {
  const events: unknown[] = [];
  for (const line of text.split("\n")) {
    const start = line.startsWith("data:") ? line.slice(5).trimStart() : line;
    if (!start.startsWith("{") && !start.startsWith("[")) continue;
    const event = parsed(start);
    if (event !== undefined) events.push(event);
  }
  return events;
}

function parsed(text: string): unknown {
  const first = text.trimStart()[0];
  if (first !== "{" && first !== "[") return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Texts of the documents; `glue` stands between the texts of one document and the next: none where words are cut across events. */
function collected(documents: readonly unknown[], glue: string, maxCharacters: number): string {
  let words = "";
  for (const document of documents) {
    const texts: string[] = [];
    gather(document, { isText: false, texts, depth: 0 });
    words += words === "" ? texts.join(" ") : glue + texts.join(" ");
    if (words.length >= maxCharacters) return words.slice(0, maxCharacters);
  }
  return words;
}

interface Gathering {
  /** Whether strings found here are texts. */
  readonly isText: boolean;
  readonly texts: string[];
  readonly depth: number;
}

const maxDepth = 32;

function gather(value: unknown, { isText, texts, depth }: Gathering): void {
  if (typeof value === "string") {
    if (isText && !isData(value)) texts.push(value);
    return;
  }
  if (typeof value !== "object" || value === null || depth > maxDepth) return;
  if (Array.isArray(value)) {
    for (const item of value) gather(item, { isText, texts, depth: depth + 1 });
    return;
  }
  for (const name in value) {
    gather((value as Record<string, unknown>)[name], { isText: textMembers.has(name), texts, depth: depth + 1 });
  }
}

function isData(text: string): boolean {
  return (
    text.length > maxWordLength &&
    !text.slice(0, maxWordLength).includes(" ") &&
    !/[^\x20-\x7e]/.test(text.slice(0, maxWordLength))
  );
}
