import { existsSync, readFileSync } from "node:fs";
import type { HeadgateProcess } from "../support/headgate-process.ts";
import type { ManagedGateway } from "../support/management-client.ts";
import { generatedProvider, type SoakUpstream } from "./soak-upstream.ts";

const gateways = "/accounts/default/ai-gateway/gateways";
const configs = `${gateways}/default/provider_configs`;

/** Changes settings through the API: a gateway's, and gateways that come and go. */
export async function changeSettings({ ask }: ManagedGateway, round: number): Promise<void> {
  const plain = {
    cache_invalidate_on_update: false,
    cache_ttl: null,
    collect_logs: true,
    rate_limiting_interval: null,
    rate_limiting_limit: null,
  };
  const retries = round % 2 === 0 ? { retry_max_attempts: 1 } : { retry_max_attempts: null };
  expectSuccess(await ask("PUT", `${gateways}/default`, { ...plain, ...retries }));
  expectSuccess(await ask("POST", gateways, { id: `soak-${round}`, ...plain }));
  expectSuccess(await ask("DELETE", `${gateways}/soak-${round}`));
}

/** A new key joins the pool, the oldest leaves it; one of those that stay may be refused by the provider. */
export async function rotateKeys(
  { ask }: ManagedGateway,
  upstream: SoakUpstream,
  pool: { id: string; key: string }[],
): Promise<void> {
  const key = `sk-soak-${crypto.randomUUID()}`;
  const body = { provider_slug: generatedProvider, alias: "default", default_config: pool.length === 0, secret: key };
  const { result } = expectSuccess(await ask("POST", configs, body));
  pool.push({ id: (result as { id: string }).id, key });
  const oldest = pool.length > 4 ? pool.shift() : undefined;
  if (oldest !== undefined) expectSuccess(await ask("DELETE", `${configs}/${oldest.id}`));
  // Of several, so that another takes its place at once.
  upstream.refuseKeys(new Set(pool.length > 2 ? [pool[1]?.key ?? ""] : []));
}

function expectSuccess<Answer extends { readonly status: number }>(answer: Answer): Answer {
  if (answer.status !== 200) throw new Error(`the management API answered ${JSON.stringify(answer)}`);
  return answer;
}

/** Ids of the gateway's processes by what they are. The workers' are in the order of their start. */
export interface SoakProcesses {
  readonly supervisor: number;
  readonly control: number;
  readonly workers: readonly number[];
}

/** The processes after the start. */
export function processesOf(headgate: HeadgateProcess): SoakProcesses {
  const workers = headgate.logged("children_started")[0]?.["workers"] as number[];
  const children = childrenOf(headgate.pid);
  return { supervisor: headgate.pid, control: children.find((id) => !workers.includes(id)) ?? 0, workers };
}

/** Kills a worker, and waits until another has taken its place. @returns the id of the new one. */
export async function replaceWorker(headgate: HeadgateProcess, victim: number): Promise<number> {
  const before = new Set(childrenOf(headgate.pid));
  const restarts = headgate.logged("child_restarted").length;
  process.kill(victim, "SIGKILL");
  await headgate.until(() => headgate.logged("child_restarted").length > restarts);
  return childrenOf(headgate.pid).find((id) => !before.has(id)) ?? 0;
}

function childrenOf(processId: number): number[] {
  const path = `/proc/${processId}/task/${processId}/children`;
  return existsSync(path) ? readFileSync(path, "utf8").trim().split(" ").filter(Boolean).map(Number) : [];
}
