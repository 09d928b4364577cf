import { stringify } from "yaml";
import { independentUsage } from "../conformance/independent-usage.ts";
import { recordedDialect } from "../conformance/recorded-dialect.ts";
import { recordedRoute, replayProviders } from "../support/recorded-route.ts";
import { bodyBytes, readRecordings, recordedProviders, type RecordedExchange } from "../support/recordings.ts";
import { startReplayUpstream } from "../support/replay-upstream.ts";
import { customCost, type SoakAccount, tokenCost } from "./soak-account.ts";

/** Real exchanges, played by an upstream of their own. */
export interface RecordedTraffic extends Disposable {
  readonly exchanges: number;
  readonly providers: number;
  /** Members of the configuration's `providers`, as YAML, that lead all of them to that upstream. */
  readonly providersYaml: string;
  /** Sends one of them, drawn by chance, and enters what came of it. */
  sendOne(url: string, account: SoakAccount): Promise<void>;
  /** Drops what the upstream remembers of requests; while none is under way. */
  forget(): void;
}

type Kind = "whole" | "slow" | "abort" | "cut" | "reset";

/** In what share of a hundred each occurs. */
const kinds: Readonly<Record<Kind, number>> = { whole: 80, slow: 4, abort: 8, cut: 5, reset: 3 };
const drawn = Object.entries(kinds).flatMap(([kind, share]) => Array.from({ length: share }, () => kind as Kind));

/** How long a slow reader takes over each of the first pieces. */
const slowPieceMs = 20;
const slowPieces = 50;

/**
 * Reads the recordings in `directory` and starts the upstream that plays them.
 * @param most exchanges of each provider, the first ones.
 */
export async function openRecordedTraffic(
  directory: string,
  most = Number.POSITIVE_INFINITY,
): Promise<RecordedTraffic> {
  const names = recordedProviders(directory);
  const exchanges: RecordedExchange[] = [];
  for (const name of names) {
    let left = most;
    for await (const exchange of readRecordings(directory, name)) {
      if (left <= 0) break;
      left -= 1;
      exchanges.push(exchange);
    }
  }
  const upstream = startReplayUpstream({ exchanges });
  const providers = replayProviders(upstream.url, [...names, "azure", "bedrock", "huggingface"]);
  const members = Object.entries(providers).map(([slug, { base_url }]) => [
    slug,
    { base_url, ...(slug === "custom-ollama" ? { dialect: "ollama" } : {}) },
  ]);
  return {
    exchanges: exchanges.length,
    providers: names.length,
    providersYaml: stringify(Object.fromEntries(members)),
    sendOne: (url, account) => sendRecorded(url, account, draw(exchanges)),
    forget: () => upstream.forget(),
    [Symbol.dispose]: () => upstream.stop(),
  };
}

function draw<Element>(all: readonly Element[]): Element {
  return all[Math.floor(Math.random() * all.length)] as Element;
}

async function sendRecorded(url: string, account: SoakAccount, exchange: RecordedExchange): Promise<void> {
  account.requests += 1;
  // Nothing can be cut in two, and an error tells its reason in its body.
  const isBare = exchange.request.method === "HEAD" || exchange.response.body.length < shortestCut;
  const kind = isBare ? "whole" : draw(drawn);
  const what = `${kind} of ${exchange.provider} ${exchange.id}`;
  const leaving = new AbortController();
  let logId: string | null = null;
  try {
    const response = await ask(url, { exchange, kind, signal: leaving.signal });
    logId = response.headers.get("cf-aig-log-id");
    if (logId === null) throw new Error(`${what}: no log id`);
    if (kind === "reset" || kind === "cut") await enterBroken(account, { what, response });
    else if (response.status !== exchange.response.status)
      account.unexplained.push(`${what}: status ${response.status}`);
    if (kind === "reset" || kind === "cut" || response.status !== exchange.response.status) {
      account.unfinished.add(logId);
      return;
    }
    if (kind === "abort") {
      await response.body?.getReader().read();
      leaving.abort();
      account.unfinished.add(logId);
      return;
    }
    const body = await (kind === "slow" ? readSlowly(response) : response.bytes());
    if (!response.ok) account.unfinished.add(logId);
    else enterWhole(account, logId, { what, exchange, body });
  } catch {
    if (logId !== null) account.unfinished.add(logId);
    else account.unanswered += 1;
    if (kind !== "cut" && kind !== "abort") account.unansweredAtMs.push(Date.now());
  }
}

/** An answer that breaks off before anything of it has left is an error of the gateway; another breaks off here, too. */
async function enterBroken(
  account: SoakAccount,
  { what, response }: { readonly what: string; readonly response: Response },
): Promise<void> {
  const text = await response.text();
  if (response.status !== 400 || !text.includes(providerFailed))
    account.unexplained.push(`${what}: status ${response.status}, and it seemed whole: ${text.slice(0, 200)}`);
}

/** Whether the gateway promises to read the usage of such an answer: files, jobs, images and audio are passed through. */
function isPriced(exchange: RecordedExchange): boolean {
  const path = exchange.request.url.split("?", 1)[0] as string;
  return recordedRoute(exchange).slug.startsWith("custom-")
    ? /\/(?:chat\/completions|completions|embeddings|responses|messages|api\/chat|api\/generate)$/.test(path)
    : !/\/(?:batches|threads|images|audio)(?:\/|$)/.test(path);
}

const shortestCut = 8;
const providerFailed = '"internalCode":2005';

interface WholeAnswer {
  readonly what: string;
  readonly exchange: RecordedExchange;
  readonly body: Uint8Array;
}

/** What a whole answer must have cost is read in another way than the gateway reads it. */
function enterWhole(account: SoakAccount, logId: string, { what, exchange, body }: WholeAnswer): void {
  if (!bodyBytes(exchange.response).equals(body)) account.unexplained.push(`${what}: other bytes than the provider's`);
  const usage = isPriced(exchange) ? independentUsage(recordedDialect(exchange), exchange) : null;
  const cost = tokenCost(usage?.inputTokens ?? 0, usage?.outputTokens ?? 0);
  if (cost === 0) account.untold.add(logId);
  else account.costs.set(logId, cost);
}

function ask(
  url: string,
  {
    exchange,
    kind,
    signal,
  }: { readonly exchange: RecordedExchange; readonly kind: Kind; readonly signal: AbortSignal },
): Promise<Response> {
  const { request, response } = exchange;
  const { slug, rest } = recordedRoute(exchange);
  const body = bodyBytes(request);
  const half = Math.floor(bodyBytes(response).length / 2);
  return fetch(`${url}/v1/default/default/${slug}/${rest}`, {
    method: request.method,
    redirect: "manual",
    signal,
    headers: {
      "content-type": request.headers["content-type"] ?? "application/json",
      "cf-aig-custom-cost": customCost,
      "cf-aig-metadata": '{"team":"recorded"}',
      "x-replay-id": exchange.id,
      ...(kind === "cut" ? { "x-replay-cut-after": String(half) } : {}),
      ...(kind === "reset" ? { "x-replay-reset": "1" } : {}),
      ...(kind === "abort" || kind === "slow" ? { "x-replay-split": "events", "x-replay-slow-ms": "1" } : {}),
    },
    ...(request.method === "GET" || request.method === "HEAD" ? {} : { body }),
  });
}

async function readSlowly(response: Response): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of response.body ?? []) {
    pieces.push(piece);
    if (pieces.length <= slowPieces) await Bun.sleep(slowPieceMs);
  }
  return Buffer.concat(pieces);
}
