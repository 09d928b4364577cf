import { expect, test } from "bun:test";
import { InferenceClient } from "@huggingface/inference";
import { sampleExchange } from "../../support/samples.ts";
import { defineSample, sseData } from "../../support/samples/define-sample.ts";
import { answerOf, jsonAnswer } from "./answers.ts";
import { callBothWays, thrownBy } from "./both-ways.ts";
import { describeClient } from "./describe-client.ts";

const model = "meta-llama/Llama-3.1-8B-Instruct";
const question = { model, messages: [{ role: "user", content: "Name a river." }] };

/** For chat the client takes the whole base URL as its endpoint; it then asks the router's own inference. */
function client(endpointUrl: string): InferenceClient {
  return new InferenceClient("hf_fake", { endpointUrl });
}

function options(signal?: AbortSignal) {
  return signal === undefined ? {} : { signal };
}

interface Answer {
  readonly choices: readonly {
    readonly message?: { readonly content?: string };
    readonly delta?: { readonly content?: string };
  }[];
}

function textOf(result: unknown): string {
  const choice = (result as Answer).choices[0];
  return choice?.message?.content ?? choice?.delta?.content ?? "";
}

const usage = { inputTokens: 9, outputTokens: 4, totalTokens: 13 };

function chunk(content: string, rest: Readonly<Record<string, unknown>> = {}): unknown {
  const choice = { index: 0, delta: { role: "assistant", content }, finish_reason: rest["usage"] ? "stop" : null };
  return { id: "sample", object: "chat.completion.chunk", created: 1760000000, model, choices: [choice], ...rest };
}

const streamSample = defineSample({
  id: "huggingface-chat-stream",
  provider: "huggingface",
  url: "https://router.huggingface.co/v1/chat/completions",
  request: { ...question, stream: true },
  contentType: "text/event-stream",
  response: sseData([
    chunk("The "),
    chunk("Ebro — el Ebro", { usage: { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 } }),
    "[DONE]",
  ]),
});

describeClient(
  {
    name: "@huggingface/inference",
    slug: "huggingface",
    paths: { configured: "", direct: "/v1", through: "/v1" },
    plain: {
      exchange: sampleExchange("huggingface-chat"),
      call: (baseUrl, signal) => client(baseUrl).chatCompletion(question, options(signal)),
      text: textOf,
      expected: "The Ebro.",
      target: "/v1/chat/completions",
      fields: { authorization: "Bearer hf_fake", "user-agent": /^@huggingface\/inference\/4\./ },
      model,
      usage,
    },
    stream: {
      exchange: streamSample,
      heldAfterEvents: 1,
      open: (baseUrl, signal) => client(baseUrl).chatCompletionStream(question, options(signal)),
      text: textOf,
      expected: ["The ", "Ebro — el Ebro"],
      model,
      usage,
    },
    vendorErrors: [
      {
        answer: jsonAnswer(401, { error: "Invalid username or password." }),
        thrown: "InferenceClientProviderApiError",
        says: "Invalid username or password.",
      },
      {
        answer: jsonAnswer(429, { error: "You have exceeded your monthly included credits" }),
        thrown: "InferenceClientProviderApiError",
        says: "You have exceeded your monthly included credits",
      },
    ],
    gatewayError: {
      thrown: "InferenceClientProviderApiError",
      refused: /Failed to get response from provider/,
      unknown: /Please configure AI Gateway in the Cloudflare dashboard/,
      // Plain calls of this client print any error object as "[object Object]"; streamed ones print its text.
      read: (error) => bodyOf(error)["message"] as string,
    },
    recorded: { provider: "huggingface", plain: /\/v1\/chat\/completions$/, stream: /\/v1\/chat\/completions$/ },
  },
  (ways) => {
    test("text generation of a model named by the endpoint, as the old host had it", async () => {
      ways().upstream.answer(() =>
        jsonAnswer(200, {
          id: "sample",
          object: "text_completion",
          created: 1760000000,
          model: "bigcode/starcoder",
          choices: [{ index: 0, text: "def river():", finish_reason: "stop" }],
          usage: { prompt_tokens: 3, completion_tokens: 5, total_tokens: 8 },
        }),
      );
      const count = ways().gateway.recordCount();
      const inputs = { inputs: "def", parameters: { max_new_tokens: 8 }, model: "bigcode/starcoder" };
      const endpoint = ways().through.replace(/\/v1$/, "/bigcode/starcoder");
      const result = await client(endpoint).textGeneration(inputs);
      expect(result).toEqual({ generated_text: "def river():" });
      const request = ways().upstream.requests.at(-1);
      expect(request?.target).toBe("/hf-inference/models/bigcode/starcoder/v1/completions");
      expect(JSON.parse(request?.body().toString() ?? "")).toEqual({
        model: "bigcode/starcoder",
        prompt: "def",
        max_tokens: 8,
      });
      expect(await ways().recordAfter(count)).toMatchObject({
        provider: "huggingface",
        model: "bigcode/starcoder",
        usage: { inputTokens: 3, outputTokens: 5, totalTokens: 8 },
      });
    });

    test("the default provider choice, sent to the gateway by the client's own fetch option, keeps the router's paths", async () => {
      ways().upstream.answer(() => answerOf(sampleExchange("huggingface-chat")));
      const { through, requests } = await callBothWays(ways(), (baseUrl) => {
        const router = baseUrl.replace(/\/v1$/, "");
        const routed = (url: string | URL | Request, init?: RequestInit): Promise<Response> =>
          fetch(String(url).replace("https://router.huggingface.co", router), init);
        return new InferenceClient("hf_fake", { fetch: routed as typeof fetch }).chatCompletion(question);
      });
      expect(textOf(through)).toBe("The Ebro.");
      expect(requests[1].target).toBe("/v1/chat/completions");
    });

    test("an inference provider behind the router keeps its path", async () => {
      ways().upstream.answer((request) =>
        request.target.startsWith("/api/models/")
          ? jsonAnswer(200, {
              id: model,
              inferenceProviderMapping: [
                { provider: "together", providerId: "meta-llama/Turbo", status: "live", task: "conversational" },
              ],
            })
          : answerOf(sampleExchange("huggingface-chat")),
      );
      const router = ways().through.replace(/\/v1$/, "");
      const hub = ways().upstream.url;
      const routed = (url: string | URL | Request, init?: RequestInit): Promise<Response> => {
        const target = String(url)
          .replace("https://router.huggingface.co", router)
          .replace("https://huggingface.co", hub);
        return fetch(target, init);
      };
      const together = new InferenceClient("hf_fake", { fetch: routed as typeof fetch });
      const result = await together.chatCompletion({ ...question, provider: "together" });
      expect(textOf(result)).toBe("The Ebro.");
      expect(ways().upstream.requests.at(-1)?.target).toBe("/together/v1/chat/completions");
    });

    test("a task that answers with an image: every byte comes back", async () => {
      const image = Buffer.from(Array.from({ length: 40_000 }, (_, index) => (index * 11) % 256));
      ways().upstream.answer(() => ({ status: 200, headers: { "content-type": "image/jpeg" }, pieces: [image] }));
      const endpoint = ways().through.replace(/\/v1$/, "/stabilityai/sdxl");
      const blob = await client(endpoint).textToImage({ inputs: "a river" }, { outputType: "blob" });
      expect(Buffer.compare(Buffer.from(await (blob as Blob).arrayBuffer()), image)).toBe(0);
      expect(ways().upstream.requests.at(-1)?.target).toBe("/hf-inference/models/stabilityai/sdxl");
    });

    test("the gateway's error is whole in the error's response, code included, in OpenAI's form and as the array", async () => {
      const body = bodyOf(await thrownBy(client(ways().refused).chatCompletion(question)));
      expect(body).toMatchObject({
        success: false,
        internalCode: 2005,
        error: { message: "Failed to get response from provider", code: "2005", 0: { code: 2005 } },
        details: { cause: "connection_refused" },
      });
    });

    test("an error object of the vendor's own is no more legible in the message of a plain call", async () => {
      ways().upstream.answer(() => answerOf(sampleExchange("huggingface-error")));
      const error = await thrownBy(client(ways().through).chatCompletion(question));
      expect(error.message).not.toContain("does not exist");
      expect(bodyOf(error)["error"]).toMatchObject({ message: "The requested model 'none' does not exist" });
    });
  },
);

function bodyOf(error: Error): Record<string, unknown> {
  return (error as Error & { readonly httpResponse: { readonly body: Record<string, unknown> } }).httpResponse.body;
}
