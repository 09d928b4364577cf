import { customCost, type SoakAccount, tokenCost } from "./soak-account.ts";
import { generatedProvider, type SoakQuestion } from "./soak-upstream.ts";

type Kind = "answer" | "stream" | "slow" | "abort" | "fail" | "refuse" | "break" | "universal";

/** In what share of a hundred requests each occurs. */
const kinds: Readonly<Record<Kind, number>> = {
  answer: 50,
  stream: 20,
  slow: 3,
  abort: 10,
  fail: 5,
  refuse: 3,
  break: 4,
  universal: 5,
};
const drawn = Object.entries(kinds).flatMap(([kind, share]) => Array.from({ length: share }, () => kind as Kind));
const deeds: Readonly<Record<Kind, SoakQuestion["deed"]>> = {
  answer: "answer",
  stream: "stream",
  slow: "stream",
  abort: "long",
  fail: "fail",
  refuse: "refuse",
  break: "break",
  universal: "answer",
};
/** What the client is told where the provider does as it was asked. */
const statuses: Readonly<Record<Kind, number>> = {
  answer: 200,
  stream: 200,
  slow: 200,
  abort: 200,
  fail: 500,
  refuse: 400,
  break: 200,
  universal: 200,
};

/** Sends one made-up request of the mixture and enters what came of it. */
export async function sendOne(url: string, account: SoakAccount): Promise<void> {
  account.requests += 1;
  const kind = drawn[Math.floor(Math.random() * drawn.length)] as Kind;
  const question: SoakQuestion = {
    deed: deeds[kind],
    inputTokens: 1 + Math.floor(Math.random() * 5000),
    outputTokens: 1 + Math.floor(Math.random() * 2000),
  };
  const leaving = new AbortController();
  let logId: string | null = null;
  try {
    const response = await ask(url, { kind, question, signal: leaving.signal });
    logId = response.headers.get("cf-aig-log-id");
    if (response.status !== statuses[kind]) {
      account.unexplained.push(`${kind}: status ${response.status} ${(await response.text()).slice(0, 300)}`);
      if (logId !== null) account.unfinished.add(logId);
      return;
    }
    if (logId === null) throw new Error(`${kind}: no log id`);
    if (kind === "abort") {
      await response.body?.getReader().read();
      leaving.abort();
      account.unfinished.add(logId);
      return;
    }
    const text = await (kind === "slow" ? readSlowly(response) : response.text());
    if (kind === "fail" || kind === "refuse") account.unfinished.add(logId);
    else if (kind === "break") account.unexplained.push("break: the answer seemed whole");
    else if (!text.includes('"usage"')) account.unexplained.push(`${kind}: no usage in ${text.slice(-200)}`);
    else account.costs.set(logId, tokenCost(question.inputTokens, question.outputTokens));
  } catch {
    if (logId !== null) account.unfinished.add(logId);
    else account.unanswered += 1;
    if (kind !== "break" && kind !== "abort") account.unansweredAtMs.push(Date.now());
  }
}

function ask(url: string, asked: { kind: Kind; question: SoakQuestion; signal: AbortSignal }): Promise<Response> {
  const { kind, question, signal } = asked;
  const isStream = question.deed !== "answer" && question.deed !== "fail" && question.deed !== "refuse";
  const query = (content: SoakQuestion): object => ({
    model: "gpt-4o-mini",
    ...(isStream ? { stream: true, stream_options: { include_usage: true } } : {}),
    messages: [
      { role: "system", content: "You answer briefly. ".repeat(20) },
      { role: "user", content: JSON.stringify(content) },
    ],
  });
  const step = (content: SoakQuestion): object => ({
    provider: generatedProvider,
    endpoint: "chat/completions",
    headers: { "content-type": "application/json" },
    query: query(content),
  });
  const isUniversal = kind === "universal";
  const body = isUniversal ? [step({ ...question, deed: "fail" }), step(question)] : query(question);
  return fetch(`${url}/v1/default/default${isUniversal ? "" : `/${generatedProvider}/chat/completions`}`, {
    method: "POST",
    signal,
    headers: {
      "content-type": "application/json",
      "cf-aig-custom-cost": customCost,
      "cf-aig-metadata": '{"team":"soak"}',
    },
    body: JSON.stringify(body),
  });
}

async function readSlowly(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const piece of response.body ?? []) {
    text += decoder.decode(piece, { stream: true });
    await Bun.sleep(30);
  }
  return text;
}
