import type { RecordedExchange } from "../recordings.ts";
import { defineSample, sseData } from "./define-sample.ts";

const base = "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash";
const question = { contents: [{ role: "user", parts: [{ text: "Name a river." }] }] };

function answer(text: string, finish: string | null, usage: Readonly<Record<string, unknown>>): unknown {
  const candidate = { content: { role: "model", parts: [{ text }] }, index: 0 };
  return {
    candidates: [finish === null ? candidate : { ...candidate, finishReason: finish }],
    usageMetadata: usage,
    modelVersion: "gemini-2.5-flash",
    responseId: "sample",
  };
}

const usage = {
  promptTokenCount: 8,
  candidatesTokenCount: 5,
  totalTokenCount: 33,
  thoughtsTokenCount: 20,
  promptTokensDetails: [{ modality: "TEXT", tokenCount: 8 }],
};

/** Gemini's answers, its CRLF-framed streams without an end marker, Vertex, and Google's error shape. */
export const googleSamples: readonly RecordedExchange[] = [
  defineSample({
    id: "gemini-generate",
    provider: "gemini",
    url: `${base}:generateContent?key=sample`,
    request: question,
    contentType: "application/json; charset=UTF-8",
    response: answer("The Danube.", "STOP", usage),
  }),
  defineSample({
    id: "gemini-stream",
    provider: "gemini",
    url: `${base}:streamGenerateContent?alt=sse&key=sample`,
    request: question,
    contentType: "text/event-stream",
    response: sseData(
      [
        answer("The ", null, { promptTokenCount: 8, totalTokenCount: 28, thoughtsTokenCount: 20 }),
        answer("Danube — die Donau", null, { promptTokenCount: 8, candidatesTokenCount: 3, totalTokenCount: 31 }),
        answer(".", "STOP", usage),
      ],
      "\r\n",
    ),
  }),
  defineSample({
    id: "gemini-stream-array",
    provider: "gemini",
    url: `${base}:streamGenerateContent?key=sample`,
    request: question,
    contentType: "application/json; charset=UTF-8",
    response: JSON.stringify(
      [answer("The Danube", null, { promptTokenCount: 8 }), answer(".", "STOP", usage)],
      null,
      2,
    ),
  }),
  defineSample({
    id: "vertex-generate",
    provider: "vertex",
    url: "https://europe-west4-aiplatform.googleapis.com/v1/projects/sample/locations/europe-west4/publishers/google/models/gemini-2.5-flash:generateContent",
    request: question,
    contentType: "application/json; charset=UTF-8",
    response: answer("The Danube.", "STOP", { ...usage, trafficType: "ON_DEMAND" }),
  }),
  defineSample({
    id: "gemini-error",
    provider: "gemini",
    url: `${base}:generateContent?key=sample`,
    request: { contents: [] },
    status: 400,
    contentType: "application/json; charset=UTF-8",
    response: { error: { code: 400, message: "contents is not specified", status: "INVALID_ARGUMENT" } },
  }),
];
