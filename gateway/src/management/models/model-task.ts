/** What models are for, as the product's list names it (reference §16.1, §16.3). */
export interface ModelTask {
  readonly id: string;
  readonly name: string;
  readonly description: string;
}

const tasks = {
  chat: {
    id: "text-generation",
    name: "Text Generation",
    description: "Answers chats and prompts with text.",
  },
  embedding: { id: "text-embeddings", name: "Text Embeddings", description: "Turns texts into vectors." },
  classification: {
    id: "text-classification",
    name: "Text Classification",
    description: "Labels texts, or puts them in order by how well they fit a question.",
  },
  translation: { id: "translation", name: "Translation", description: "Translates texts." },
  recognition: {
    id: "automatic-speech-recognition",
    name: "Automatic Speech Recognition",
    description: "Turns speech into text.",
  },
  speech: { id: "text-to-speech", name: "Text-to-Speech", description: "Turns text into speech." },
  image: { id: "text-to-image", name: "Text-to-Image", description: "Makes images from text." },
} as const satisfies Readonly<Record<string, ModelTask>>;

/** By words in a model's name; the first that fits counts. Price lists do not say what a model is for. */
const wordsOfTasks: readonly (readonly [words: RegExp, task: ModelTask])[] = [
  [/rerank|distilbert|classif/, tasks.classification],
  [/embed|\bbge-/, tasks.embedding],
  [/m2m100|indictrans|translat/, tasks.translation],
  [/whisper|transcri|\bnova-|speech-to-text/, tasks.recognition],
  [/\btts\b|\baura-|melotts|text-to-speech/, tasks.speech],
  [/flux|diffusion|dall-e|\bimage|imagen/, tasks.image],
];

/** What a model is for, by its name. */
export function taskOf(name: string): ModelTask {
  const lower = name.toLowerCase();
  return wordsOfTasks.find(([words]) => words.test(lower))?.[1] ?? tasks.chat;
}

/** Every task. */
export const modelTasks: readonly ModelTask[] = Object.values(tasks);
