import type { AnswerForm } from "./answer-form.ts";
import { isRecord, type Members, membersOf } from "./members.ts";

const METHOD = /:(?:stream)?[gG]enerateContent(?=$|\?)/;

/** Content generation, https://ai.google.dev/api/generate-content. A stream has no terminator; each event is a response of its own. */
export const geminiForm: AnswerForm = {
  fullOptions: "",
  asked(target, body) {
    const method = METHOD.exec(target)?.[0];
    if (method === undefined) return null;
    const parameters = (target.split("?", 2)[1] ?? "").split("&").filter((parameter) => parameter !== "");
    const isStream = method === ":streamGenerateContent";
    // Without `alt=sse` a stream is one JSON array, which is a form of its own.
    if (isStream !== parameters.includes("alt=sse")) return null;
    const path = target.split("?", 1)[0]?.replace(METHOD, ":generateContent") ?? "";
    const rest = parameters.filter((parameter) => parameter !== "alt=sse");
    const shared = { body, target: rest.length === 0 ? path : `${path}?${rest.join("&")}`, options: "" };
    return { kind: isStream ? "stream" : "json", ...shared };
  },
  toStream(answer) {
    return isRecord(answer) && Array.isArray(answer["candidates"]) ? [`data: ${JSON.stringify(answer)}\r\n\r\n`] : null;
  },
  toAnswer(events) {
    let answer: Record<string, unknown> = {};
    const candidates = new Map<unknown, Record<string, unknown>>();
    for (const event of events) {
      if (!isRecord(event)) return null;
      const { candidates: given, ...rest } = event;
      answer = { ...answer, ...rest };
      for (const candidate of Array.isArray(given) ? given.map(membersOf) : []) addCandidate(candidates, candidate);
    }
    const all = [...candidates.values()];
    if (all.length === 0 || all.some((candidate) => candidate["finishReason"] === undefined)) return null;
    return { candidates: all, ...answer };
  },
};

function addCandidate(candidates: Map<unknown, Record<string, unknown>>, { content, ...rest }: Members): void {
  const index = rest["index"] ?? 0;
  const known = candidates.get(index) ?? {};
  const before = membersOf(known["content"]);
  const { parts, ...others } = membersOf(content);
  const joined = [...((before["parts"] as Members[] | undefined) ?? [])];
  for (const part of Array.isArray(parts) ? parts.map(membersOf) : []) addPart(joined, part);
  candidates.set(index, { ...known, content: { ...before, ...others, parts: joined }, ...rest });
}

/** Texts of one kind that follow each other are one text, unless one is signed. */
function addPart(parts: Members[], part: Members): void {
  const last = parts.at(-1);
  const isText = (each: Members | undefined): each is Members => typeof each?.["text"] === "string";
  const isPlain = (each: Members): boolean => Object.keys(each).every((name) => name === "text" || name === "thought");
  if (isText(last) && isText(part) && isPlain(last) && isPlain(part) && last["thought"] === part["thought"]) {
    parts[parts.length - 1] = { ...last, text: `${String(last["text"])}${String(part["text"])}` };
  } else parts.push(part);
}
