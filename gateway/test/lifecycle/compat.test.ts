import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { requestOnce } from "../support/raw-client.ts";
import { bodyBytes } from "../support/recordings.ts";
import { startReplayUpstream } from "../support/replay-upstream.ts";
import type { ReplayUpstream } from "../support/replay-upstream.ts";
import { sampleExchange } from "../support/samples.ts";
import { startGateway } from "../support/start-gateway.ts";
import type { StartedGateway } from "../support/start-gateway.ts";

let upstream: ReplayUpstream;
let gateway: StartedGateway;

beforeAll(async () => {
  upstream = startReplayUpstream();
  gateway = await startGateway({
    providers: {
      openai: { base_url: `${upstream.url}/openai/v1`, dialect: null },
      anthropic: { base_url: `${upstream.url}/anthropic`, dialect: null },
      "custom-own": { base_url: `${upstream.url}/own`, dialect: null },
      "custom-claude": { base_url: `${upstream.url}/claude`, dialect: "anthropic-messages" },
    },
  });
});
afterEach(() => upstream.forget());
afterAll(async () => {
  await gateway.stop();
  upstream.stop();
});

interface ErrorBody {
  readonly internalCode: number;
  readonly message: string;
  readonly error: Readonly<Record<string, unknown>> & {
    readonly 0: { readonly code: number; readonly message: string };
  };
  readonly details: { readonly path?: string; readonly cause?: string; readonly explanation?: string };
}

async function post(
  target: string,
  body: string | Buffer,
  { headerLines = [], method = "POST" }: { headerLines?: readonly string[]; method?: string } = {},
): Promise<{ status: number; text: string; error: ErrorBody; header(name: string): string | undefined }> {
  const answer = await requestOnce(gateway.port, {
    method,
    target,
    headerLines: ["host: a", "content-type: application/json", ...headerLines],
    body: Buffer.from(body),
  });
  const text = answer.body.toString();
  return {
    status: answer.status,
    text,
    error: (text.startsWith("{") ? JSON.parse(text) : {}) as ErrorBody,
    header: (name) => answer.headers(name)[0],
  };
}

const chat = sampleExchange("openai-chat");
const messages = '"messages":[{"role":"user","content":"Name a river"}]';

describe("D5 the compat address", () => {
  test.each([
    "/v1/default/default/compat/chat/completions",
    "/v1/default/default/compat/v1/chat/completions",
    "/compat/chat/completions",
    "/compat/v1/chat/completions",
  ])("%s: the prefix chooses the provider and is cut out, and nothing else changes", async (target) => {
    upstream.route({ path: "/openai/v1/chat/completions", exchange: chat });
    const body = String.raw` {"stream" :false, "seed":12345678901234567890,"model":"openai\/gpt-4o-mini",${messages}, "x":"\u00e9é" }`;
    const count = gateway.recordCount();
    const answer = await post(`${target}?a=1`, body, {
      headerLines: ["authorization: Bearer sk-1", "cf-aig-metadata: {}", "x-own: 1"],
    });
    expect(answer.status).toBe(200);
    expect(answer.text).toBe(bodyBytes(chat.response).toString());
    const [request] = upstream.requests;
    expect(request?.target).toBe("/openai/v1/chat/completions?a=1");
    expect(request?.body().toString()).toBe(body.replace(String.raw`openai\/gpt-4o-mini`, "gpt-4o-mini"));
    expect(request?.header("authorization")).toBe("Bearer sk-1");
    expect(request?.header("x-own")).toBe("1");
    expect(request?.header("cf-aig-metadata")).toBeUndefined();
    expect(gateway.records().slice(count)).toMatchObject([
      {
        provider: "openai",
        model: "gpt-4o-mini",
        path: target.replace(/^.*compat\//, ""),
        requestType: "provider",
        outcome: "complete",
        cost: { state: "priced" },
      },
    ]);
  });
});
