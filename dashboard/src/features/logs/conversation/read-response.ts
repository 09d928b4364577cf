import { eventsOfText } from "../../../lib/event-stream.ts";
import { asText, isObject, type Json, partsOf, type Turn } from "./conversation-part.ts";
import { readStream } from "./read-stream.ts";
import { turnOfItem, turnOfMessage } from "./read-request.ts";

/** The messages of an answer, whole or streamed, in any of the wire formats; empty where it has none that are known. */
export function readResponse(text: string): readonly Turn[] {
  if (/^\s*[[{]/.test(text)) {
    try {
      return turnsOfAnswer(JSON.parse(text) as unknown);
    } catch {
      return [];
    }
  }
  if (!/^(data|event|:|id)/m.test(text)) return [];
  const events = eventsOfText(text).flatMap(({ data, isComment }) => (isComment ? [] : [data]));
  return readStream(events);
}

function turnsOfAnswer(answer: unknown): readonly Turn[] {
  // An answer of some endpoints streams JSON pieces as one list.
  if (Array.isArray(answer)) return readStream(answer.map((each) => JSON.stringify(each)));
  if (!isObject(answer)) return [];
  const { choices, content, output, candidates, error, message, result } = answer;
  if (error !== undefined && error !== null) return [{ role: "error", parts: [errorPart(error)] }];
  if (Array.isArray(choices)) return choices.filter(isObject).flatMap(turnOfChoice);
  if (Array.isArray(candidates)) return candidates.filter(isObject).map(turnOfCandidate);
  if (Array.isArray(output)) return output.filter(isObject).map(turnOfItem);
  if (Array.isArray(content)) return [turnOfMessage(answer)];
  if (isObject(message)) return [turnOfMessage(message)];
  if (isObject(result) && typeof result["response"] === "string") {
    return [{ role: "assistant", parts: partsOf(result["response"]) }];
  }
  return [];
}

function errorPart(error: unknown) {
  const message = isObject(error) ? error["message"] : error;
  return { kind: "other" as const, name: "error", text: asText(message ?? error) };
}

function turnOfChoice(choice: Json): readonly Turn[] {
  if (isObject(choice["message"])) return [turnOfMessage(choice["message"])];
  return typeof choice["text"] === "string" ? [{ role: "assistant", parts: partsOf(choice["text"]) }] : [];
}

function turnOfCandidate({ content }: Json): Turn {
  return { role: "assistant", parts: isObject(content) ? partsOf(content["parts"]) : [] };
}
