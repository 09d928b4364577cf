import type { Provider } from "./provider.ts";
import { anthropic } from "./vendors/anthropic.ts";
import { awsBedrock } from "./vendors/aws-bedrock.ts";
import { azureOpenai } from "./vendors/azure-openai.ts";
import { baseten } from "./vendors/baseten.ts";
import { cartesia } from "./vendors/cartesia.ts";
import { cerebras } from "./vendors/cerebras.ts";
import { cohere } from "./vendors/cohere.ts";
import { deepgram } from "./vendors/deepgram.ts";
import { deepseek } from "./vendors/deepseek.ts";
import { elevenlabs } from "./vendors/elevenlabs.ts";
import { fal } from "./vendors/fal.ts";
import { fireworks } from "./vendors/fireworks.ts";
import { googleAiStudio } from "./vendors/google-ai-studio.ts";
import { googleVertexAi } from "./vendors/google-vertex-ai.ts";
import { grok } from "./vendors/grok.ts";
import { groq } from "./vendors/groq.ts";
import { huggingface } from "./vendors/huggingface.ts";
import { ideogram } from "./vendors/ideogram.ts";
import { mistral } from "./vendors/mistral.ts";
import { openai } from "./vendors/openai.ts";
import { openrouter } from "./vendors/openrouter.ts";
import { parallel } from "./vendors/parallel.ts";
import { perplexityAi } from "./vendors/perplexity-ai.ts";
import { replicate } from "./vendors/replicate.ts";
import { workersAi } from "./vendors/workers-ai.ts";

/** Every built-in provider, one module each (reference §1.3). */
export const catalogue: readonly Provider[] = [
  anthropic,
  awsBedrock,
  azureOpenai,
  baseten,
  cartesia,
  cerebras,
  cohere,
  deepgram,
  deepseek,
  elevenlabs,
  fal,
  fireworks,
  googleAiStudio,
  googleVertexAi,
  grok,
  groq,
  huggingface,
  ideogram,
  mistral,
  openai,
  openrouter,
  parallel,
  perplexityAi,
  replicate,
  workersAi,
];
