import type { AnswerForm } from "./answer-form.ts";
import { cutMember } from "./cut-member.ts";
import { isRecord, type Members, membersOf } from "./members.ts";

const INCLUDE_USAGE = '{"include_usage":true}';
const CHUNK = "chat.completion.chunk";
const WHOLE = "chat.completion";
/** Members of a delta that are texts in parts. */
const TEXTS = new Set(["content", "refusal", "reasoning", "reasoning_content"]);
/** Members of an answer that its every chunk repeats. */
const SHARED = ["id", "created", "model", "service_tier", "system_fingerprint"];

/** Chat completions, https://platform.openai.com/docs/api-reference/chat-streaming. */
export const openaiChatForm: AnswerForm = {
  fullOptions: INCLUDE_USAGE,
  asked(target, body) {
    const options = cutMember(body, "stream_options");
    const rest = options?.rest ?? body;
    const stream = cutMember(rest, "stream");
    const shared = { target, body: stream?.rest ?? rest };
    if (stream?.value !== true) return { kind: "json", ...shared, options: "" };
    return { kind: "stream", ...shared, options: options === null ? "" : JSON.stringify(options.value) };
  },
  toStream(answer, options) {
    if (!isRecord(answer) || answer["object"] !== WHOLE || !Array.isArray(answer["choices"])) return null;
    const hasUsage = (JSON.parse(options || "{}") as Members | null)?.["include_usage"] === true;
    const shared = {
      ...Object.fromEntries(SHARED.filter((name) => answer[name] !== undefined).map((name) => [name, answer[name]])),
      object: CHUNK,
    };
    const chunk = (choices: readonly object[], usage: unknown = null): string =>
      `data: ${JSON.stringify({ ...shared, choices, ...(hasUsage ? { usage } : {}) })}\n\n`;
    const events: string[] = [];
    for (const choice of answer["choices"].map(membersOf)) {
      const { index = 0, message, finish_reason: finishReason = null, logprobs = null } = choice;
      const { role = "assistant", tool_calls: calls, ...rest } = membersOf(message);
      const deltas: Members[] = [{ role, content: rest["content"] === null ? null : "" }];
      for (const [name, value] of Object.entries(rest))
        if (value !== null && value !== "") deltas.push({ [name]: value });
      if (Array.isArray(calls)) {
        deltas.push({ tool_calls: calls.map((call, position) => ({ index: position, ...membersOf(call) })) });
      }
      deltas.forEach((delta, position) => {
        // What is told about the tokens goes with the first that has any.
        const about = position === 1 ? logprobs : null;
        events.push(chunk([{ index, delta, logprobs: about, finish_reason: null }]));
      });
      events.push(
        chunk([{ index, delta: {}, logprobs: deltas.length === 1 ? logprobs : null, finish_reason: finishReason }]),
      );
    }
    if (hasUsage) events.push(chunk([], answer["usage"] ?? null));
    return [...events, "data: [DONE]\n\n"];
  },
  toAnswer(events) {
    const answer: Record<string, unknown> = {};
    const choices = new Map<unknown, Folding>();
    for (const event of events) {
      if (!isRecord(event) || event["object"] !== CHUNK || !Array.isArray(event["choices"])) return null;
      for (const name of SHARED) if (event[name] !== undefined) answer[name] ??= event[name];
      if (event["usage"] !== null && event["usage"] !== undefined) answer["usage"] = event["usage"];
      for (const choice of event["choices"].map(membersOf)) if (!fold(choices, choice)) return null;
    }
    const finished = [...choices].map(([index, { message, calls, logprobs, finishReason }]) => ({
      index,
      message: {
        ...message,
        ...(calls.length === 0 ? {} : { tool_calls: calls.map(({ call }) => call) }),
      },
      logprobs,
      finish_reason: finishReason,
    }));
    if (answer["usage"] === undefined || finished.some((choice) => choice.finish_reason === null)) return null;
    const { id, created, model, usage, ...rest } = answer;
    return { id, object: WHOLE, created, model, choices: finished, usage, ...rest };
  },
};

interface Folding {
  message: Record<string, unknown>;
  calls: { readonly index: unknown; readonly call: Record<string, unknown> }[];
  logprobs: Record<string, unknown> | null;
  finishReason: unknown;
}

/** @returns false when a part of the answer is of an unknown kind. */
function fold(choices: Map<unknown, Folding>, { index = 0, delta, logprobs, finish_reason: reason }: Members): boolean {
  const folding = choices.get(index) ?? {
    message: { role: "assistant", content: null, refusal: null },
    calls: [],
    logprobs: null,
    finishReason: null,
  };
  choices.set(index, folding);
  folding.finishReason = reason ?? folding.finishReason;
  for (const [name, value] of Object.entries(membersOf(logprobs))) {
    folding.logprobs ??= {};
    folding.logprobs[name] ??= null;
    if (!Array.isArray(value)) continue;
    folding.logprobs[name] = [...((folding.logprobs[name] as unknown[] | null) ?? []), ...(value as unknown[])];
  }
  for (const [name, value] of Object.entries(membersOf(delta))) {
    if (value === null || value === undefined) continue;
    if (name === "role") folding.message["role"] = value;
    else if (name === "tool_calls" && Array.isArray(value))
      value.map(membersOf).forEach((part) => addCall(folding, part));
    else if (TEXTS.has(name) && typeof value === "string") {
      folding.message[name] = `${(folding.message[name] as string | null | undefined) ?? ""}${value}`;
    } else if (name === "annotations" && Array.isArray(value)) {
      folding.message[name] = [...((folding.message[name] as unknown[] | undefined) ?? []), ...(value as unknown[])];
    } else return false;
  }
  return true;
}

function addCall({ calls }: Folding, part: Members): void {
  const { index, function: given, ...rest } = part;
  let known = calls.find((each) => each.index === index);
  if (known === undefined) calls.push((known = { index, call: {} }));
  const { call } = known;
  for (const [name, value] of Object.entries(rest)) if (value !== null) call[name] = value;
  if (given === undefined) return;
  const before = membersOf(call["function"]);
  const { name, arguments: more, ...others } = membersOf(given);
  call["function"] = {
    ...before,
    ...others,
    ...(typeof name === "string" ? { name } : {}),
    arguments: `${(before["arguments"] as string | undefined) ?? ""}${typeof more === "string" ? more : ""}`,
  };
}
