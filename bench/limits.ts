import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { askedCompletion } from "../gateway/src/dialects/asked-completion.ts";
import { estimatePromptTokens } from "../gateway/src/prices/estimate-prompt-tokens.ts";
import { budgetRule, budgetSchema } from "../gateway/src/limits/budget-settings.ts";
import type { LimitRule, RequestFacts } from "../gateway/src/limits/limit-rule.ts";
import { limitRule, limitSchema } from "../gateway/src/limits/limit-settings.ts";
import { type Amounts, meetRules } from "../gateway/src/limits/meet-rules.ts";
import type { TakeAnswer } from "../gateway/src/stores/ports/counter-store.ts";
import { prepareCounterFile } from "../gateway/src/stores/shared-memory/counter-file.ts";
import { openSharedCounterStore } from "../gateway/src/stores/shared-memory/shared-counter-store.ts";

// What limits add to a request: `bun bench/limits.ts`. Rules are met, counted in shared memory and settled, without HTTP around them.
const ROUNDS = 50_000;
const facts = (user: number): RequestFacts => ({
  accountId: "default",
  gatewayId: "prod",
  tokenId: "t1",
  budgetId: null,
  user: `user:${user}`,
  metadata: { team: "red", level: 3 },
  ip: "10.0.0.1",
  provider: "openai",
  model: "gpt-4o-mini",
  method: "POST",
  path: "chat/completions",
});
const amounts: Amounts = { requests: 1, concurrent: 1, tokens_in: 100, tokens_out: 200, tokens: 300, cost: 150_000 };
const limit = (id: string, settings: object): LimitRule =>
  limitRule(
    { accountId: "default", id },
    limitSchema.parse({ limit: 1e12, window: 60, metric: "requests", ...settings }),
  );

const sets: Readonly<Record<string, readonly LimitRule[]>> = {
  "one rule: requests, fixed": [limit("a", { technique: "fixed" })],
  "one rule: requests, sliding": [limit("a", {})],
  "three rules: requests for each user, tokens, a budget": [
    limit("a", { per: ["user"] }),
    limit("b", { metric: "tokens" }),
    budgetRule({ accountId: "default", id: "c" }, budgetSchema.parse({ limit: 9e6, time_zone: "Europe/Berlin" })),
  ],
  "three rules with conditions in CEL": [
    limit("a", { when: "provider == 'openai' && metadata.level > 2", per: ["user"] }),
    limit("b", { metric: "tokens", key: "metadata.team + path" }),
    limit("c", { metric: "concurrent", window: null }),
  ],
};

const directory = mkdtempSync(join(tmpdir(), "headgate-bench-"));
const path = join(directory, "counters");
prepareCounterFile(path);
const store = openSharedCounterStore({ path });

function microseconds(rules: readonly LimitRule[]): number {
  const before = process.cpuUsage();
  for (let round = 0; round < ROUNDS; round += 1) {
    const nowMs = Date.now();
    const met = meetRules(rules, facts(round % 1000), { amounts, nowMs });
    const { reservation } = store.take(met.takes, nowMs) as TakeAnswer;
    if (reservation !== null)
      void store.settle(
        reservation,
        met.rules.map(() => null),
      );
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / ROUNDS;
}

for (const [name, rules] of Object.entries(sets)) {
  microseconds(rules);
  const best = Math.min(...Array.from({ length: 5 }, () => microseconds(rules)));
  console.log(`${best.toFixed(2).padStart(7)} µs  ${name}`);
}
const body = Buffer.from(
  JSON.stringify({
    model: "gpt-4o-mini",
    max_tokens: 300,
    messages: [{ role: "user", content: "Name a river in Europe. ".repeat(40) }],
  }),
);
const before = process.cpuUsage();
let tokens = 0;
for (let round = 0; round < ROUNDS; round += 1)
  tokens += estimatePromptTokens(body) + (askedCompletion(body).maxTokens ?? 0);
const { user, system } = process.cpuUsage(before);
console.log(
  `${((user + system) / ROUNDS).toFixed(2).padStart(7)} µs  the estimate of a request of ${body.length} bytes (${tokens / ROUNDS} tokens)`,
);
store.close();
rmSync(directory, { recursive: true });
