import { embedMany, generateText, streamText } from "ai";
import { createAiGateway } from "ai-gateway-provider";
import { createUnified } from "ai-gateway-provider/providers/unified";
import { createWorkersAI } from "workers-ai-provider";

/** The binding as far as the providers use it, of which they have types of their own. */
interface Environment {
  readonly AI: {
    gateway(id: string): { run(data: unknown, options?: { signal?: AbortSignal }): Promise<Response> };
  };
}

const prompt = "Name a river.";
const openai = createUnified({
  name: "openai",
  baseURL: "https://api.openai.com/v1",
  apiKey: "sk-fake",
  includeUsage: true,
});
const mistral = createUnified({ name: "mistral", baseURL: "https://api.mistral.ai/v1", apiKey: "mi-fake" });

const workersAi = ({ AI }: Environment) => createWorkersAI({ binding: AI as never, gateway: { id: "default" } });
const gateway = ({ AI }: Environment) =>
  createAiGateway({ binding: AI.gateway("default"), options: { metadata: { team: "worker" }, eventId: "event-9" } });

/** What a Worker does with the AI SDK and its binding, by name. */
const programs = {
  chat: async (env: Environment) =>
    (await generateText({ model: workersAi(env)("@cf/meta/llama-3.1-8b-instruct"), prompt })).text,
  stream: async (env: Environment) =>
    await streamText({ model: workersAi(env)("@cf/meta/llama-3.1-8b-instruct"), prompt }).text,
  embeddings: async (env: Environment) =>
    (await embedMany({ model: workersAi(env).textEmbedding("@cf/baai/bge-base-en-v1.5"), values: ["a", "b"] }))
      .embeddings,
  refused: async (env: Environment) =>
    generateText({ model: workersAi(env)("@cf/none" as never), prompt, maxRetries: 0 }).then(
      () => "answered",
      ({ statusCode, message }: { statusCode?: number; message: string }) => [statusCode, message],
    ),
  fallback: async (env: Environment) => {
    const models = [openai("gpt-4o-mini"), mistral("mistral-small-latest")];
    const { text, response } = await generateText({ model: gateway(env)(models), prompt });
    return [response.headers?.["cf-aig-step"], text];
  },
  gatewayStream: async (env: Environment) =>
    await streamText({ model: gateway(env)(openai("gpt-4o-mini")), prompt }).text,
};

/** Name of a program. */
export type WorkerProgram = keyof typeof programs;

export default {
  async fetch(request: Request, env: Environment): Promise<Response> {
    const program = programs[(await request.text()) as WorkerProgram];
    try {
      return Response.json({ value: await program(env) });
    } catch (error) {
      const { name, message } = error as Error;
      return Response.json({ error: { name, message } });
    }
  },
};
