import { expect, test } from "bun:test";
import Replicate from "replicate";
import { sampleExchange } from "../../support/samples.ts";
import { answerOf, jsonAnswer } from "./answers.ts";
import { callBothWays, thrownBy } from "./both-ways.ts";
import { describeClient } from "./describe-client.ts";
import type { VendorAnswer } from "./vendor-upstream.ts";

const model = "meta/meta-llama-3-8b-instruct";
const input = { prompt: "A river" };

function client(baseUrl: string): Replicate {
  return new Replicate({ auth: "r8_fake", baseUrl });
}

function prediction(status: string, rest: Readonly<Record<string, unknown>> = {}): VendorAnswer {
  const urls = {
    get: "https://api.replicate.com/v1/predictions/p1",
    cancel: "https://api.replicate.com/v1/predictions/p1/cancel",
  };
  return jsonAnswer(status === "starting" ? 201 : 200, {
    id: "p1",
    model,
    version: "hidden",
    input,
    status,
    output: null,
    error: null,
    logs: "",
    urls,
    ...rest,
  });
}

describeClient(
  {
    name: "replicate",
    slug: "replicate",
    paths: { configured: "/v1", direct: "/v1", through: "" },
    plain: {
      exchange: sampleExchange("replicate-prediction"),
      call: (baseUrl, signal) =>
        client(baseUrl).predictions.create({ model, input, wait: true, ...(signal === undefined ? {} : { signal }) }),
      text: (result) => (result as { readonly output: readonly string[] }).output.join(""),
      expected: "A river.",
      target: `/v1/models/${model}/predictions`,
      fields: { authorization: "Bearer r8_fake", prefer: "wait", "user-agent": /^replicate-javascript\/1\./ },
      model,
      usage: { inputTokens: 3, outputTokens: 4 },
    },
    // A prediction's stream has an address of its own, which the answer names; see below.
    stream: null,
    vendorErrors: [
      {
        answer: {
          ...jsonAnswer(401, { title: "Unauthenticated", detail: "You did not pass a valid token", status: 401 }),
          headers: { "content-type": "application/problem+json" },
        },
        thrown: "ApiError",
        says: "You did not pass a valid token",
      },
      { answer: answerOf(sampleExchange("replicate-error")), thrown: "ApiError", says: "version is required" },
    ],
    gatewayError: {
      thrown: "ApiError",
      refused: /"detail":"Failed to get response from provider"/,
      unknown: /Please configure AI Gateway in the Cloudflare dashboard/,
    },
    recorded: { provider: "replicate", plain: /predictions/, stream: /predictions/ },
  },
  (ways) => {
    test("run: creates, polls until done, and gives file addresses as the vendor wrote them", async () => {
      const file = "https://replicate.delivery/xezq/sample/out-0.webp";
      let polls = 0;
      ways().upstream.answer(({ method }) => {
        polls = method === "POST" ? 0 : polls + 1;
        if (polls === 0) return prediction("starting");
        return polls < 3
          ? prediction("processing")
          : prediction("succeeded", { output: [file], metrics: { predict_time: 1.5 } });
      });
      const count = ways().gateway.recordCount();
      const { direct, through } = await callBothWays(ways(), async (baseUrl) => {
        const seen: string[] = [];
        const output = await client(baseUrl).run(
          "black-forest-labs/flux-schnell",
          { input, wait: { mode: "poll", interval: 5 } },
          (progress) => void seen.push(progress.status),
        );
        return { seen: seen.filter((status, index) => status !== seen[index - 1]), file: fileAddress(output) };
      });
      expect(through).toEqual({ seen: ["starting", "processing", "succeeded"], file });
      expect(direct).toEqual(through);
      const records = ways().gateway.records().slice(count);
      expect(records.map(({ method, path }) => `${method} ${path}`)).toEqual([
        "POST models/black-forest-labs/flux-schnell/predictions",
        "GET predictions/p1",
        "GET predictions/p1",
        "GET predictions/p1",
      ]);
      expect(records.every(({ provider, success }) => provider === "replicate" && success)).toBe(true);
    });

    test("a version is named in the body; the vendor's addresses in the answer are not rewritten", async () => {
      ways().upstream.answer(() => prediction("succeeded", { output: "done" }));
      const { through, requests } = await callBothWays(ways(), (baseUrl) =>
        client(baseUrl).predictions.create({ version: "5c7d", input }),
      );
      expect(requests[1].target).toBe("/v1/predictions");
      expect(JSON.parse(requests[1].body().toString())).toEqual({ input, version: "5c7d" });
      expect(through.urls.get).toBe("https://api.replicate.com/v1/predictions/p1");
    });

    test("stream: created through the gateway, read from the address the vendor named", async () => {
      const events = "event: output\ndata: A \n\nevent: output\ndata: river.\n\nevent: done\ndata: {}\n\n";
      ways().upstream.answer((request) =>
        request.method === "POST"
          ? prediction("starting", { urls: { stream: `${ways().upstream.url}/stream/p1` } })
          : { status: 200, headers: { "content-type": "text/event-stream" }, pieces: [events] },
      );
      const texts: string[] = [];
      for await (const event of client(ways().through).stream(model, { input })) {
        if (event.event === "output") texts.push(event.data);
      }
      expect(texts).toEqual(["A ", "river."]);
      expect(ways().upstream.requests.map(({ target }) => target)).toEqual([
        `/v1/models/${model}/predictions`,
        "/stream/p1",
      ]);
    });

    test("a file upload: every byte of the multipart form arrives", async () => {
      const bytes = Buffer.from(Array.from({ length: 120_000 }, (_, index) => (index * 5) % 256));
      ways().upstream.answer(() => jsonAnswer(201, { id: "f1", name: "a.bin", size: bytes.length, urls: {} }));
      const { through, requests } = await callBothWays(ways(), (baseUrl) =>
        client(baseUrl).files.create(new File([bytes], "a.bin"), { filename: "a.bin" }),
      );
      expect(through).toMatchObject({ id: "f1", size: bytes.length });
      expect(requests[1].target).toBe("/v1/files");
      expect(requests[1].body().includes(bytes)).toBe(true);
    });

    test("a prediction that failed is thrown by run with the model's words, and recorded as an error", async () => {
      ways().upstream.answer(() => prediction("failed", { error: "CUDA out of memory" }));
      const count = ways().gateway.recordCount();
      const error = await thrownBy(client(ways().through).run(model, { input }));
      expect(error.message).toBe("Prediction failed: CUDA out of memory");
      expect(await ways().recordAfter(count)).toMatchObject({ outcome: "error_in_answer", success: false });
    });
  },
);

function fileAddress(output: object): string {
  const [first] = output as readonly { url(): URL }[];
  return String(first?.url());
}
