import type { RequestCase } from "./fuzz-case.ts";
import { alteredJson, damaged, nastyJson, nastyJsonText, nastyText } from "./nasty-values.ts";
import type { SeededRandom } from "./seeded-random.ts";

/** What requests are made of. */
export interface HttpGrammar {
  readonly providers: readonly string[];
  readonly gateways: readonly string[];
  /** Addresses nobody may be led to. */
  readonly strangers: readonly string[];
}

/** A request in parts. */
export interface RequestParts {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer | null;
}

const paths = [
  "chat/completions",
  "responses",
  "v1/messages",
  "models",
  "v1beta/models/gemini-2.5-flash:generateContent",
  "v1beta/models/x:streamGenerateContent?alt=sse&key=k",
  "model/anthropic.claude-v2/converse-stream",
  "v1/projects/p/locations/l/publishers/google/models/m:rawPredict",
  "resource/deployment/chat/completions?api-version=1",
  "embeddings",
  "audio/transcriptions",
  "..",
  "%2e%2e/%2e%2e",
  "x%2f..%2f..",
  "..;/x",
  "\\x",
  "",
];

/** Any request of the data plane. */
export function providerRequest(random: SeededRandom, grammar: HttpGrammar): RequestCase {
  const wanted = random.pick([
    "POST",
    "POST",
    "POST",
    "GET",
    "HEAD",
    "PUT",
    "DELETE",
    "OPTIONS",
    "PATCH",
    "get",
    "FOO",
  ]);
  const parts = {
    method: wanted,
    target: target(random, grammar),
    headers: headers(random, grammar),
    body: wanted === "GET" || wanted === "HEAD" ? null : body(random, chat),
  };
  return framed(random, parts);
}

const chat = { model: "gpt-4o-mini", messages: [{ role: "user", content: "hi" }], stream: false, max_tokens: 5 };

/** A request of the universal endpoint. */
export function universalRequest(random: SeededRandom, grammar: HttpGrammar): RequestCase {
  const step = () => universalStep(random, grammar);
  const steps = random.chance(0.2) ? step() : Array.from({ length: random.below(random.chance(0.05) ? 40 : 4) }, step);
  const value = random.chance(0.5) ? steps : alteredJson(random, steps);
  return framed(random, {
    method: "POST",
    target: `/v1/default/${random.pick(grammar.gateways)}${random.pick(["", "/", "?a=b"])}`,
    headers: headers(random, grammar),
    body: nastyJsonText(random, value),
  });
}

/** One step of a universal body, right or nearly. */
export function universalStep(random: SeededRandom, grammar: HttpGrammar): unknown {
  const fields = headers(random, grammar).map(([name, value]) => [
    name,
    random.chance(0.9) ? value : nastyJson(random),
  ]);
  return {
    provider: random.pick([...grammar.providers, "compat", nastyText(random)]),
    endpoint: random.pick([...paths, ...grammar.strangers, nastyText(random)]),
    headers: Object.fromEntries(fields) as object,
    query: random.chance(0.7) ? chat : alteredJson(random, chat),
    ...(random.chance(0.3)
      ? { config: alteredJson(random, { requestTimeout: 100, maxAttempts: 2, retryDelay: 1, backoff: "constant" }) }
      : {}),
  };
}

/** A request of the compat address, or of the REST address's compatible part. */
export function compatRequest(random: SeededRandom, grammar: HttpGrammar): RequestCase {
  const place = random.pick([
    `/v1/default/${random.pick(grammar.gateways)}/compat`,
    "/client/v4/accounts/default/ai/v1",
  ]);
  const ending = random.pick([
    "chat/completions",
    "chat/completions",
    "embeddings",
    "responses",
    "models",
    nastyPath(random),
  ]);
  const model = `${random.pick([...grammar.providers, nastyText(random)])}${random.pick(["/", "", "//", "/@cf/"])}${random.pick(["gpt-4o-mini", "claude-x", nastyText(random)])}`;
  const asked = { ...chat, model, stream: random.chance(0.3) };
  const value = random.chance(0.4) ? asked : alteredJson(random, asked);
  const method = random.chance(0.9) ? "POST" : "GET";
  return framed(random, {
    method,
    target: `${place}/${ending}`,
    headers: headers(random, grammar),
    body: method === "GET" ? null : nastyJsonText(random, value),
  });
}

function target(random: SeededRandom, grammar: HttpGrammar): string {
  const account = random.pick(["default", "default", "default", "nobody", "%64efault", "__proto__", ".."]);
  const gateway = random.pick([...grammar.gateways, ...grammar.gateways, "nothing", "constructor", "%00"]);
  const provider = random.pick([...grammar.providers, "compat", "custom-x", nastySegment(random)]);
  const path = random.chance(0.7) ? random.pick(paths) : nastyPath(random);
  const stranger = random.pick(grammar.strangers);
  const form = random.below(15);
  if (form < 6) return `/v1/${account}/${gateway}/${provider}/${path}`;
  if (form < 8) return `/${provider}/${path}`;
  return random.pick([
    () => `/v1/${account}/${gateway}/${provider}/${stranger}/${path}`,
    () => `/client/v4/accounts/${account}/ai/run/${random.pick(["@cf/meta/llama", "openai/gpt-4o-mini", path])}`,
    () => `/client/v4/accounts/${account}/ai/run/proxy?token=${nastySegment(random)}`,
    () =>
      random.pick([
        "/run",
        "/ai-gateway/run",
        "/run?userInputs=%7B",
        "/ai-gateway/run?version=3&gateway=%7B%22id%22%3A1%7D",
      ]),
    () => `/ai-gateway/universal/run/${gateway}`,
    () => `/ai-gateway/gateways/${gateway}/${random.pick(["url", "logs"])}/${nastySegment(random)}`,
    () =>
      random.pick(["*", "//", stranger, `${stranger}/v1/default/default/openai/models`, "/healthz", "/readyz", "/v1"]),
    () => nastyPath(random),
  ])();
}

function nastySegment(random: SeededRandom): string {
  const text = nastyText(random).replaceAll(/[\ud800-\udfff]/gu, "x");
  return random.chance(0.8) ? encodeURIComponent(text) : visible(text);
}

function nastyPath(random: SeededRandom): string {
  return `/${Array.from({ length: random.below(6) }, () => nastySegment(random)).join("/")}${random.pick(["", "?", "?a=%", "?a=b&a[]=c"])}`;
}

/** Without what would end a request line or a field. */
function visible(text: string): string {
  return text.replaceAll(/[^\x21-\x7e]/g, "");
}

const numbers = ["0", "1", "2", "5", "6", "-1", "1.5", "1e3", "", "99999999999999999999", "true", "2592000", "60"];
const tokens = [
  "Bearer sk-client",
  "sk-client",
  "Bearer",
  "",
  "Basic dTpw",
  "Bearer hg_0123456789",
  `Bearer ${"x".repeat(5000)}`,
];
const metadata = [
  '{"user":"a","n":1,"b":true}',
  '{"a":{"b":1}}',
  "[]",
  "null",
  "{",
  '{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}',
  '{"":""}',
];
const values: Readonly<Record<string, readonly string[]>> = {
  "cf-aig-max-attempts": ["1", "2", "2", ...numbers],
  "cf-aig-retry-delay": ["0", "1", ...numbers.slice(0, 5)],
  "cf-aig-request-timeout": ["50", "100", ...numbers],
  "cf-aig-backoff": ["constant", "linear", "exponential", "quadratic"],
  "cf-aig-cache-ttl": numbers,
  "cf-aig-skip-cache": ["true", "false", "1", ""],
  "cf-aig-cache-key": ["a", "", "é"],
  "cf-aig-cache-tag": ["a,b", ",,,", ""],
  "cf-aig-cache-replay": ["true", "instant", "x"],
  "cf-aig-cache-stale-while-revalidate": numbers,
  "cf-aig-cache-stale-if-error": numbers,
  "cf-aig-metadata": metadata,
  "cf-aig-custom-cost": [
    '{"per_token_in":0.1,"per_token_out":1e300}',
    '{"total_cost":-1}',
    "{",
    "[]",
    '{"per_token_in":null}',
  ],
  "cf-aig-collect-log": ["true", "false", "maybe"],
  "cf-aig-collect-log-payload": ["true", "false", "maybe"],
  "cf-aig-byok-alias": ["default", "nobody", "", "__proto__"],
  "cf-aig-no-wholesale": ["true", "x"],
  "cf-aig-gateway-id": ["default", "nothing", "..", "__proto__"],
  "cf-aig-event-id": ["e", "", "x".repeat(400)],
  "cf-aig-otel-trace-id": ["0af7651916cd43dd8448eb211c80319c", "x"],
  "cf-aig-authorization": tokens,
  authorization: tokens,
  "x-api-key": ["k", ""],
  "x-goog-api-key": ["k", ""],
  traceparent: ["00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "00-0-0-0", ""],
  "x-forwarded-for": ["127.0.0.1", "::1, 1.2.3.4", "x", ","],
  "x-forwarded-host": ["a", "127.0.0.1:1"],
  "x-forwarded": ["https://workers-binding.ai/run", "https://workers-binding.ai/ai-gateway/universal/run/default", "x"],
  "mf-url": ["https://workers-binding.ai/run?version=3", "https://elsewhere/"],
  "mf-header-authorization": tokens,
  "cf-consn-model-id": ["@cf/meta/llama", "x:@cf/y", "", "openai/gpt-4o-mini"],
  "content-type": ["application/json", "text/plain", "multipart/form-data; boundary=x", "application/octet-stream", ""],
  "content-encoding": ["gzip", "br", "zstd", "identity", "gzip, gzip"],
  "accept-encoding": ["gzip", "identity;q=0", ""],
  accept: ["text/event-stream", "*/*"],
  connection: ["close", "keep-alive", "keep-alive, x-api-key", "upgrade"],
  expect: ["100-continue", "200-ok"],
  te: ["trailers"],
  range: ["bytes=0-1"],
  "if-none-match": ["*"],
  origin: ["https://elsewhere.example", "null"],
  "sec-fetch-site": ["cross-site", "same-origin", "none"],
  "sec-fetch-dest": ["document", "script", "empty"],
  "x-headgate-local": ["true"],
  "x-headgate-address": ["127.0.0.1"],
  cookie: ["a=b; c", "headgate_session=x"],
};
const names = Object.keys(values);

/** Some fields of those the gateway looks at, right and wrong. */
export function headers(random: SeededRandom, { strangers }: HttpGrammar): (readonly [string, string])[] {
  const chosen: (readonly [string, string])[] = [["content-type", "application/json"]];
  if (random.chance(0.8)) chosen.push(["authorization", "Bearer sk-client"]);
  for (let left = random.below(6); left > 0; left -= 1) {
    const name = random.chance(0.95) ? random.pick(names) : "x-other";
    const known = values[name] ?? [];
    const value =
      random.chance(0.8) && known.length > 0 ? random.pick(known) : random.pick([...strangers, nastyText(random)]);
    chosen.push([name, value.replaceAll(/[^\x20-\x7e\x80-\xff]/g, "").trim()]);
  }
  return chosen;
}

function body(random: SeededRandom, example: unknown): Buffer {
  if (random.chance(0.1)) return random.bytes(random.below(400));
  if (random.chance(0.02)) return Buffer.alloc(300_000, "a");
  return nastyJsonText(random, random.chance(0.5) ? example : alteredJson(random, example));
}

/** Puts the parts together as a request, in one of the ways in which bodies are framed; at times with damage. */
export function framed(
  random: SeededRandom,
  { method, target: asked, headers: fields, body: bytes }: RequestParts,
): RequestCase {
  const lines = [`${method} ${visible(asked) || "/"} HTTP/1.1`, "host: 127.0.0.1"];
  for (const [name, value] of fields) lines.push(`${random.chance(0.1) ? name.toUpperCase() : name}: ${value}`);
  const framing = bytes === null ? "none" : random.pick(["length", "length", "length", "chunked", "chunked", "wrong"]);
  const isRepeated = new Set(fields.map(([name]) => name)).has("content-length");
  const payload = bytes ?? Buffer.alloc(0);
  if (framing === "length") lines.push(`content-length: ${payload.length}`);
  if (framing === "chunked") lines.push("transfer-encoding: chunked");
  if (framing === "wrong") lines.push(...random.pick(wrongFramings));
  const head = Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
  let all: Buffer = Buffer.concat([head, framing === "chunked" ? chunks(random, payload) : payload]);
  const isDamaged = random.chance(0.2);
  if (isDamaged) all = damaged(random, all);
  if (!isDamaged && random.chance(0.05)) all = Buffer.concat([all, all]);
  return {
    kind: "request",
    pieces: cut(random, all),
    method,
    isWhole: !isDamaged && framing !== "wrong" && !isRepeated,
    mustEnd: false,
  };
}

const wrongFramings = [
  ["content-length: 5"],
  ["content-length: 999999"],
  ["content-length: 5", "content-length: 6"],
  ["content-length: +5"],
  ["content-length: 0x5"],
  ["content-length: 18446744073709551616"],
  ["transfer-encoding: chunked", "content-length: 5"],
  ["transfer-encoding: gzip, chunked"],
  ["transfer-encoding:\tchunked"],
  ["transfer-encoding: chunked"],
  ["Transfer-Encoding : chunked"],
  ["transfer-encoding: xchunked"],
  [" folded: x"],
  ["no colon"],
] as const;

function chunks(random: SeededRandom, payload: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let start = 0; start < payload.length;) {
    const size = Math.min(payload.length - start, 1 + random.below(payload.length > 1000 ? 60_000 : 50));
    const extension = random.pick(["", "", "", ";a=b", ';a="b;c"', ";"]);
    parts.push(
      Buffer.from(`${size.toString(16)}${extension}\r\n`),
      payload.subarray(start, start + size),
      Buffer.from("\r\n"),
    );
    start += size;
  }
  return Buffer.concat([
    ...parts,
    Buffer.from(random.pick(["0\r\n\r\n", "0\r\n\r\n", "0\r\nx-trailer: y\r\n\r\n", "000\r\n\r\n"])),
  ]);
}

/** The bytes in one to three pieces. */
function cut(random: SeededRandom, bytes: Buffer): Buffer[] {
  if (random.chance(0.8) || bytes.length < 3) return [bytes];
  const first = random.below(bytes.length);
  const second = first + random.below(bytes.length - first);
  return [bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second)].filter(
    (piece) => piece.length > 0,
  );
}
