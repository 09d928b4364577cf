import { existsSync, mkdtempSync } from "node:fs";
import { join } from "node:path";
import type { BenchContext } from "./bench-context.ts";
import { freePort, launch } from "./target.ts";
import type { LaunchPlan, RunningTarget, Target } from "./target.ts";

/** How this gateway is started. */
export interface HeadgateOptions {
  /** `HEADGATE_WORKERS`; null leaves it to the default, one per core. */
  readonly workers: number | null;
  /** Command and its first arguments, before what `serve` takes; without npm in between unless given. */
  readonly command?: readonly string[];
  readonly cores: string | null;
  /** Puts something into the data directory before the start. */
  readonly fill?: (dataDirectory: string) => void;
  /** What is configured beside the upstream, and how it is asked; a plain gateway unless given. */
  readonly arrangement?: HeadgateArrangement;
}

/** A configuration and the requests that fit it. */
export interface HeadgateArrangement {
  readonly name: Target["name"];
  /** Text of `headgate.yaml` after its `providers`. */
  readonly settings: string;
  readonly path: string;
  readonly headers: LaunchPlan["headers"];
  readonly environment: Readonly<Record<string, string>>;
}

/** Where its realtime sockets are opened. */
export const socketPath = "/v1/default/default/openai/realtime";

/** Path of a gateway of the account `default`, without a closing slash. */
export function gatewayPath(gatewayId: string): string {
  return `/v1/default/${gatewayId}`;
}

/** Path of the chat endpoint of a gateway. */
export function chatPath(gatewayId: string): string {
  return `${gatewayPath(gatewayId)}/openai/chat/completions`;
}

/** Gateways: plain, with a cache, and with three limits that refuse nothing. */
const plainArrangement: HeadgateArrangement = {
  name: "headgate",
  settings: `
accounts:
  default:
    gateways: { cached: { cache_ttl: 86400 }, limited: {} }
    limits:
      requests: { metric: requests, limit: 1000000000, window: 60, technique: fixed, gateways: [limited] }
      tokens: { metric: tokens, limit: 1000000000000, window: 3600, gateways: [limited] }
      at-once: { metric: concurrent, limit: 1000000, gateways: [limited] }
`,
  path: chatPath("default"),
  headers: {},
  environment: {},
};

/** This gateway as it is shipped, with one worker beside its other processes, records on. */
export const headgateTarget: Target = {
  name: "headgate",
  prepare: async (context) => (existsSync(entryPath(context)) ? null : "gateway/src/main.ts is not there"),
  start: (context) => startHeadgate(context, { workers: 1, cores: context.cores.proxy }),
};

/** The same with so many workers, on the cores named. */
export function workersTarget(workers: 1 | 2, cores: string | null): Target {
  const name = workers === 1 ? "headgate" : "headgate-two";
  return {
    ...headgateTarget,
    name,
    start: (context) => startHeadgate(context, { workers, cores, arrangement: { ...plainArrangement, name } }),
  };
}

/**
 * Starts this gateway on a free port with a data directory of its own, its OpenAI provider led to the upstream. In a run that is
 * profiled it has one process; the profile is written when it is stopped.
 */
export async function startHeadgate(context: BenchContext, options: HeadgateOptions): Promise<RunningTarget> {
  const workers = context.profileFolder === null ? options.workers : 0;
  const { name, settings, path, headers, environment } = options.arrangement ?? plainArrangement;
  const folder = mkdtempSync(join(context.folder, "headgate-"));
  const configPath = join(folder, "headgate.yaml");
  const dataDirectory = join(folder, "data");
  await Bun.write(
    configPath,
    `providers:\n  openai: { base_url: "http://127.0.0.1:${context.upstreamPort}/v1" }\n${settings}`,
  );
  options.fill?.(dataDirectory);
  const port = freePort();
  return await launch(context, {
    name,
    port,
    path,
    headers,
    dataDirectory,
    ...(workers === null ? {} : { workers: Math.max(1, workers) }),
    process: {
      command: options.command ?? serveCommand(context),
      folder: context.projectRoot,
      environment: {
        ...environment,
        HOST: "127.0.0.1",
        PORT: String(port),
        HEADGATE_CONFIG: configPath,
        HEADGATE_DATA: dataDirectory,
        ...(workers === null ? {} : { HEADGATE_WORKERS: String(workers) }),
      },
      cores: options.cores,
    },
  });
}

function serveCommand(context: BenchContext): string[] {
  const { profileFolder } = context;
  const profiler = profileFolder === null ? [] : ["--cpu-prof", `--cpu-prof-dir=${profileFolder}`];
  return [process.execPath, "--no-install", "--no-env-file", ...profiler, entryPath(context), "serve"];
}

function entryPath(context: BenchContext): string {
  return join(context.projectRoot, "gateway", "src", "main.ts");
}
