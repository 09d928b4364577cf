/** By the last words of an endpoint's path; the first that fits counts. */
const typesByEnding: readonly (readonly [ending: RegExp, type: string])[] = [
  [/(?:embeddings?|:embedcontent|:batchembedcontents|\/embed)$/, "embeddings"],
  [/images?\/(?:generations|edits|variations)$|:predict$/, "image"],
  [/audio\/(?:transcriptions|translations)$|\/listen$/, "transcription"],
  [/audio\/speech$|text-to-speech(?:\/.*)?$/, "speech"],
  [/\/?moderations$/, "moderation"],
  [/\/?rerank$/, "rerank"],
  [
    /(?:(?:^|\/)chat\/completions|(?:^|\/)responses|(?:^|\/)messages|(?:^|\/)chat|\/converse|\/converse-stream|generatecontent)$/,
    "chat",
  ],
  [/(?:^|\/)completions?$|(?:^|\/)api\/generate$/, "text"],
];

/** Kind of work an endpoint does, as logs name it (`model_type`, reference §10.2); null when its path does not tell. */
export function modelTypeOf(path: string): string | null {
  const lower = path.toLowerCase();
  return typesByEnding.find(([ending]) => ending.test(lower))?.[1] ?? null;
}
