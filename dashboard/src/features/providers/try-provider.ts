import { storedToken } from "../../api/session.ts";

/** What came of a trial. */
export interface TrialAnswer {
  readonly status: number;
  readonly tookMs: number;
  /** The beginning of the body. */
  readonly text: string;
  /** Why nothing came; null when something did. */
  readonly fault: string | null;
}

const MOST_CHARACTERS = 4000;
const PATIENCE_MS = 15_000;

/** Sends one GET to a path of this gateway, past its cache. Never throws. */
export async function tryProvider(path: string): Promise<TrialAnswer> {
  const token = storedToken();
  const startMs = performance.now();
  try {
    const response = await fetch(path, {
      // The provider is to see what a program would send: no cookie of this dashboard.
      credentials: "omit",
      headers: {
        "cf-aig-skip-cache": "true",
        ...(token === null ? {} : { "cf-aig-authorization": `Bearer ${token}` }),
      },
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const text = await beginningOf(response);
    return { status: response.status, tookMs: performance.now() - startMs, text, fault: null };
  } catch (error) {
    const isLate = error instanceof DOMException && error.name === "TimeoutError";
    const fault = isLate ? "Nothing came in 15 seconds." : "The gateway cannot be reached, or the answer broke off.";
    return { status: 0, tookMs: performance.now() - startMs, text: "", fault };
  }
}

/** Reads no more than is shown, whatever the provider sends. */
async function beginningOf({ body }: Response): Promise<string> {
  if (body === null) return "";
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (text.length < MOST_CHARACTERS) {
    const { done, value } = await reader.read();
    if (done) return text;
    text += value;
  }
  await reader.cancel();
  return `${text.slice(0, MOST_CHARACTERS)} …`;
}
