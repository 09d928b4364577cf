import { eventsOf } from "../../lib/event-stream.ts";

/** A request through the gateway. */
export interface PlaygroundRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A piece of an answer, and when it came, in milliseconds from the beginning. */
export interface AnswerPiece {
  readonly atMs: number;
  readonly data: string;
}

/** What has come so far. */
export interface PlaygroundAnswer {
  readonly step: "waiting" | "coming" | "done" | "stopped" | "failed";
  readonly status: number | null;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly headMs: number | null;
  readonly endMs: number | null;
  readonly pieces: readonly AnswerPiece[];
  /** What the gateway told of cost and tokens, by header or at the end of the stream. */
  readonly usage: Readonly<Record<string, string>>;
  readonly fault: string | null;
}

const nothing: PlaygroundAnswer = {
  step: "waiting",
  status: null,
  headers: [],
  headMs: null,
  endMs: null,
  pieces: [],
  usage: {},
  fault: null,
};

const tellEveryMs = 80;
const usageComment = "cf-aig-usage ";

/** Sends a request and tells what has come, at most twelve times a second and at the end. Never throws. */
export async function sendRequest(
  { url, headers, body }: PlaygroundRequest,
  signal: AbortSignal,
  tell: (answer: PlaygroundAnswer) => void,
): Promise<void> {
  const startMs = performance.now();
  const sinceMs = (): number => performance.now() - startMs;
  let answer = nothing;
  let toldMs = 0;
  const more = (changes: Partial<PlaygroundAnswer>, isUrgent: boolean): void => {
    answer = { ...answer, ...changes };
    if (!isUrgent && performance.now() - toldMs < tellEveryMs) return;
    toldMs = performance.now();
    tell({ ...answer, pieces: [...answer.pieces] });
  };
  more({}, true);
  try {
    // The provider is to see what a program would send: no cookie of this dashboard.
    const response = await fetch(url, { method: "POST", headers, body, signal, credentials: "omit" });
    const head = [...response.headers];
    more({ step: "coming", status: response.status, headers: head, headMs: sinceMs(), usage: told(head) }, true);
    const pieces: AnswerPiece[] = [];
    for await (const { data, isComment } of piecesOf(response)) {
      if (!isComment) pieces.push({ atMs: sinceMs(), data });
      else if (data.startsWith(usageComment)) answer = { ...answer, usage: { ...answer.usage, ...usageOf(data) } };
      more({ pieces }, false);
    }
    more({ step: "done", endMs: sinceMs() }, true);
  } catch (error) {
    const fault = signal.aborted ? null : `The answer broke off: ${(error as Error).message}`;
    more({ step: signal.aborted ? "stopped" : "failed", endMs: sinceMs(), fault }, true);
  }
}

async function* piecesOf(response: Response): AsyncGenerator<{ data: string; isComment: boolean }, void> {
  const isStream = response.headers.get("content-type")?.includes("event-stream") === true;
  if (isStream && response.body !== null) yield* eventsOf(response.body);
  else yield { data: await response.text(), isComment: false };
}

function told(headers: readonly (readonly [string, string])[]): Readonly<Record<string, string>> {
  return Object.fromEntries(headers.filter(([name]) => name.startsWith("cf-aig-")));
}

function usageOf(comment: string): Readonly<Record<string, string>> {
  try {
    return JSON.parse(comment.slice(usageComment.length)) as Record<string, string>;
  } catch {
    return {};
  }
}
