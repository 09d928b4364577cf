import { describe, expect, test } from "bun:test";
import { catalogue } from "./catalogue.ts";
import { compileProviders } from "./registry.ts";
import { routeUpstream } from "./route-upstream.ts";

/** slug, endpoint after it, URL it reaches and model that is read from it; the documented forms (reference §1.9), then those of clients. */
const sockets: readonly (readonly [slug: string, endpoint: string, url: string, model: string | null])[] = [
  ["openai", "?model=gpt-realtime", "https://api.openai.com/v1/realtime?model=gpt-realtime", "gpt-realtime"],
  ["openai", "v1/realtime?model=a&model=b", "https://api.openai.com/v1/realtime?model=a&model=b", null],
  ["openai", "v1/realtime?call_id=c", "https://api.openai.com/v1/realtime?call_id=c", null],
  ["openai", "v1/responses?model=m", "https://api.openai.com/v1/responses?model=m", null],
  ["grok", "", "https://api.x.ai/v1/realtime", null],
  ["azure-openai", "res/openai/v1/realtime?model=m", "https://res.openai.azure.com/openai/v1/realtime?model=m", null],
  [
    "azure",
    "res/openai/realtime?deployment=d&api-version=v",
    "https://res.openai.azure.com/openai/realtime?deployment=d&api-version=v",
    null,
  ],
  [
    "google",
    "?api_key=k",
    "https://generativelanguage.googleapis.com/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent?key=k",
    null,
  ],
  [
    "google-ai-studio",
    "ws/google.ai.generativelanguage.v1alpha.GenerativeService.BidiGenerateContentConstrained?access_token=t",
    "https://generativelanguage.googleapis.com/ws/google.ai.generativelanguage.v1alpha.GenerativeService.BidiGenerateContentConstrained?access_token=t",
    null,
  ],
  [
    "cartesia",
    "?cartesia_version=2024-06-10&api_key=k",
    "https://api.cartesia.ai/tts/websocket?cartesia_version=2024-06-10&api_key=k",
    null,
  ],
  ["cartesia", "stt/websocket?model=ink", "https://api.cartesia.ai/stt/websocket?model=ink", null],
  ["elevenlabs", "?agent_id=a", "https://api.elevenlabs.io/v1/convai/conversation?agent_id=a", null],
  [
    "elevenlabs",
    "v1/text-to-speech/v/stream-input",
    "https://api.elevenlabs.io/v1/text-to-speech/v/stream-input",
    null,
  ],
  ["fal", "fal-ai/fast-lcm-diffusion", "https://ws.fal.run/fal-ai/fast-lcm-diffusion", "fal-ai/fast-lcm-diffusion"],
  [
    "fal",
    "fal-ai/lcm/realtime?fal_jwt_token=t",
    "https://fal.run/fal-ai/lcm/realtime?fal_jwt_token=t",
    "fal-ai/lcm/realtime",
  ],
  ["deepgram", "", "https://api.deepgram.com/v1/listen", null],
  ["deepgram", "v1/speak?model=aura", "https://api.deepgram.com/v1/speak?model=aura", "aura"],
  [
    "workers-ai",
    "?model=@cf/deepgram/nova-3&encoding=linear16&sample_rate=16000",
    "https://api.cloudflare.com/client/v4/accounts/acc/ai/run/@cf/deepgram/nova-3?encoding=linear16&sample_rate=16000",
    "@cf/deepgram/nova-3",
  ],
  [
    "workers-ai",
    "?model=%40cf%2Fdeepgram%2Faura-1",
    "https://api.cloudflare.com/client/v4/accounts/acc/ai/run/@cf/deepgram/aura-1",
    "@cf/deepgram/aura-1",
  ],
  [
    "workers-ai",
    "run/@cf/deepgram/flux?encoding=linear16",
    "https://api.cloudflare.com/client/v4/accounts/acc/ai/run/@cf/deepgram/flux?encoding=linear16",
    "@cf/deepgram/flux",
  ],
  ["custom-voice", "talk?a=%20b", "https://voice.example/base/talk?a=%20b", null],
];

const registry = compileProviders({ "custom-voice": { base_url: "https://voice.example/base", dialect: null } });

function socketAt(slug: string, endpoint: string) {
  const [rest = "", query] = endpoint.split("?");
  const provider = registry.get(slug);
  if (provider === undefined) throw new Error(slug);
  const request = {
    rest,
    query: query === undefined ? "" : `?${query}`,
    headers: [],
    accountId: "acc",
    isSocket: true,
  };
  return routeUpstream(provider, request);
}

test.each(sockets)("%s/%s", (...row) => {
  const [slug, endpoint, url, model] = row;
  const { origin, hostHeader, target, model: found } = socketAt(slug, endpoint);
  expect(`${origin.secure ? "https" : "http"}://${hostHeader}${target}`).toBe(url);
  expect(found).toBe(model);
});

test("a model in the query cannot lead elsewhere", () => {
  expect(() => socketAt("workers-ai", "?model=../../secret")).toThrow("..");
  expect(() => socketAt("workers-ai", "?model=%2F%2Fevil")).toThrow("slashes");
});

describe("credentials among the subprotocols", () => {
  const credentialIn = (slug: string, protocols: readonly string[]) =>
    catalogue.find((provider) => provider.slug === slug)?.socket?.credentialIn?.(protocols);

  test.each([
    ["openai", ["realtime", "openai-insecure-api-key.sk-1", "openai-beta.realtime-v1"], "authorization", "Bearer sk-1"],
    ["elevenlabs", ["cf-aig-authorization.t", "xi-api-key.k"], "xi-api-key", "k"],
    ["fal", ["fal-api-key.id-secret"], "authorization", "Key id-secret"],
    ["deepgram", ["token", "k"], "authorization", "Token k"],
  ] as const)("%s", (...row) => {
    const [slug, protocols, name, value] = row;
    expect(credentialIn(slug, protocols)).toEqual({ name, value });
  });

  test.each([
    ["openai", ["realtime"]],
    ["elevenlabs", ["xi-api-key."]],
    ["deepgram", ["token"]],
    ["deepgram", ["k", "token"]],
    ["fal", []],
  ] as const)("%s has none in %p", (slug, protocols) => {
    expect(credentialIn(slug, protocols)).toBeNull();
  });
});
