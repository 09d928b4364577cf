import { chmodSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import type { CacheKey } from "../../stores/ports/cache-store.ts";
import type { AnsweredQuestion, AskedQuestion } from "../../cache/semantic/semantic-answers.ts";
import { comparesQuestions, semanticPaths, semanticSocketPath } from "../../cache/semantic/semantic-socket.ts";
import type { GatewayConfig, SemanticConfig } from "../../core/gateway-settings.ts";
import { removeLeftOver } from "../../core/remove-left-over.ts";
import { createSecretResolver } from "../../secrets/resolve-secret.ts";
import type { ProcessLog } from "../../supervisor/process-log.ts";
import type { SemanticState } from "../../telemetry/prometheus/system-state.ts";
import { openEndpointEncoder } from "./endpoint-encoder.ts";
import { openSemanticDesk } from "./semantic-desk.ts";
import type { SentenceEncoder } from "./sentence-encoder.ts";
import { openThreadEncoder } from "./thread-encoder.ts";

/** What it takes. */
export interface SemanticOptions {
  readonly config: Pick<GatewayConfig, "cache" | "dataDirectory">;
  /** Of the control process; its own lies beside it. */
  readonly controlSocket: string;
  readonly isCurrent: (stamp: readonly number[]) => boolean;
  readonly log: ProcessLog;
}

/** The semantic cache as the control process runs it. */
export interface RunningSemantic {
  state(): SemanticState;
  /** Forgets what was purged. */
  sweep(): void;
  stop(): Promise<void>;
}

/** Longest time for one text, loading included. */
const MOST_ENCODE_MS = 10_000;

/**
 * Starts what workers ask for questions alike: on a socket of its own, which no request of a user is passed to. Null where the configuration names no
 * encoder, or the cache has no disk to share answers on.
 */
export function startSemantic({ config, controlSocket, isCurrent, log }: SemanticOptions): RunningSemantic | null {
  const { semantic } = config.cache;
  if (!comparesQuestions(config.cache)) return null;
  const desk = openSemanticDesk({
    encoder: encoderOf(semantic, config.dataDirectory),
    level: semantic.guards,
    filePath: join(config.dataDirectory, "semantic-index.jsonl"),
    maxEntries: semantic.max_entries,
    maxWaiting: semantic.max_waiting,
    timeoutMs: semantic.timeout_ms,
    isCurrent,
    nowMs: () => Date.now(),
    log: (event, problem) => log("warn", event, { problem }),
  });
  const socketPath = semanticSocketPath(controlSocket);
  rmSync(socketPath, { force: true });
  const server = Bun.serve({
    ...({ idleTimeout: 0 } as object),
    unix: socketPath,
    development: false,
    async fetch(request) {
      const body: unknown = await request.json();
      switch (new URL(request.url).pathname) {
        case semanticPaths.find:
          return Response.json(await desk.find(body as AskedQuestion));
        case semanticPaths.keep:
          void desk.keep(body as AnsweredQuestion);
          break;
        case semanticPaths.drop:
          desk.drop((body as { readonly key: CacheKey }).key);
          break;
        default:
      }
      return new Response(null, { status: 204 });
    },
  });
  chmodSync(socketPath, 0o600);
  return {
    state: desk.state,
    sweep: desk.sweep,
    async stop() {
      await server.stop(true);
      removeLeftOver(socketPath);
      desk.stop();
    },
  };
}

function encoderOf({ encoder, module, endpoint }: SemanticConfig, dataDirectory: string): SentenceEncoder {
  if (encoder === "endpoint" && endpoint !== null) {
    const resolveSecret = createSecretResolver(dataDirectory);
    return openEndpointEncoder({ ...endpoint, maxMs: MOST_ENCODE_MS, resolveSecret });
  }
  const modulePath = encoder === "module" && module !== null ? resolve(module) : null;
  return openThreadEncoder({ modulePath, maxMs: MOST_ENCODE_MS });
}
