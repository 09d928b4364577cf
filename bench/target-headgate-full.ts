import { randomBytes } from "node:crypto";
import type { BenchContext } from "./bench-context.ts";
import { askOnce } from "./load-once.ts";
import { chatBody, jsonModel } from "./payloads.ts";
import { httpRequest } from "./target.ts";
import type { RunningTarget, Target } from "./target.ts";
import { chatPath, headgateTarget, startHeadgate } from "./target-headgate.ts";
import type { HeadgateArrangement } from "./target-headgate.ts";

/** The gateway in which everything is on. */
export const fullGatewayId = "full";

const providerKey = "sk-benchmark-stored-00000000000000000000000000";
const askTimeoutMs = 2000;
const tokenTimeoutMs = 10_000;
const pollMs = 20;

/**
 * This gateway with everything on: a token on every request, a stored key, limits of requests, tokens and concurrency, a budget, the
 * cache, records with bodies, metrics, and a span of each exchange over OTLP to the upstream, which takes them and answers `{}`.
 */
export const headgateFullTarget: Target = {
  name: "headgate-full",
  prepare: headgateTarget.prepare,
  async start(context) {
    const adminToken = randomBytes(24).toString("hex");
    const running = await startHeadgate(context, {
      workers: 1,
      cores: context.cores.proxy,
      arrangement: fullArrangement(context, adminToken),
    });
    try {
      return await withOwnToken(running, adminToken);
    } catch (error) {
      await running.stop();
      throw error;
    }
  },
};

function fullArrangement(context: BenchContext, adminToken: string): HeadgateArrangement {
  return {
    name: "headgate-full",
    settings: `
accounts:
  default:
    gateways:
      ${fullGatewayId}:
        authentication: true
        keys: [{ provider: openai, secret: "env:BENCHMARK_PROVIDER_KEY" }]
        cache_ttl: 86400
        otel: [{ url: "http://127.0.0.1:${context.upstreamPort}/v1/traces" }]
    limits:
      requests: { metric: requests, limit: 1000000000, window: 60, technique: fixed }
      tokens: { metric: tokens, limit: 1000000000000, window: 3600 }
      at-once: { metric: concurrent, limit: 1000000 }
    budgets:
      month: { limit: 9000000, period: month }
prices:
  openai:
    "*": { input_per_million: 0.15, output_per_million: 0.6 }
`,
    path: chatPath(fullGatewayId),
    headers: fieldsWith(adminToken),
    environment: { HEADGATE_ADMIN_TOKEN: adminToken, BENCHMARK_PROVIDER_KEY: providerKey },
  };
}

/** The usual fields with a token of the gateway in place of a provider's key. */
function fieldsWith(token: string) {
  return { authorization: null, "cf-aig-authorization": `Bearer ${token}` };
}

/** The same target, asked with a token that may run this gateway and nothing else, as an application has one. */
async function withOwnToken(running: RunningTarget, adminToken: string): Promise<RunningTarget> {
  const { port } = running;
  const deadlineMs = performance.now() + tokenTimeoutMs;
  const token = await makeToken(port, { adminToken, deadlineMs });
  const request: RunningTarget["request"] = (body, path = chatPath(fullGatewayId)) =>
    httpRequest({ port, path, headers: fieldsWith(token) }, body);
  while ((await askOnce(port, request(chatBody(jsonModel, false)), askTimeoutMs)) !== 200) {
    if (performance.now() > deadlineMs) throw new Error("the token that was made is not taken");
    await Bun.sleep(pollMs);
  }
  return { ...running, request };
}

/** Makes a token as soon as the management API is there, which may be later than the first answer. */
async function makeToken(
  port: number,
  { adminToken, deadlineMs }: { readonly adminToken: string; readonly deadlineMs: number },
): Promise<string> {
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/client/v4/accounts/default/tokens`, {
      method: "POST",
      headers: { authorization: `Bearer ${adminToken}`, "content-type": "application/json" },
      body: JSON.stringify(runToken),
    });
    const { result } = (await answer.json()) as { result?: { value?: string } | null };
    if (result?.value !== undefined) return result.value;
    if (performance.now() > deadlineMs) throw new Error(`no token was made, status ${answer.status}`);
    await Bun.sleep(pollMs);
  }
}

const runToken = {
  name: "benchmark",
  policies: [
    {
      effect: "allow",
      permission_groups: [{ id: "AI Gateway Run" }],
      resources: { "com.cloudflare.api.account.default": "*" },
    },
  ],
  gateway_ids: [fullGatewayId],
};
