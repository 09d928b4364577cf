import { existsSync, mkdtempSync } from "node:fs";
import { join } from "node:path";
import type { BenchContext } from "./bench-context.ts";
import { freePort, launch } from "./target.ts";
import type { RunningTarget, Target } from "./target.ts";

/** How this gateway is started. */
export interface HeadgateOptions {
  /** `HEADGATE_WORKERS`; null leaves it to the default, one per core. */
  readonly workers: 0 | 1 | null;
  /** Command and its first arguments, before what `serve` takes. */
  readonly command: readonly string[];
  readonly cores: string | null;
  /** Puts something into the data directory before the start. */
  readonly fill?: (dataDirectory: string) => void;
}

/** Where its realtime sockets are opened. */
export const socketPath = "/v1/default/default/openai/realtime";

const endpoint = "/v1/default/default/openai/chat/completions";

/** This gateway as it is shipped, with one worker beside its other processes, records on. */
export const headgateTarget: Target = {
  name: "headgate",
  prepare: async (context) => (existsSync(entryPath(context)) ? null : "gateway/src/main.ts is not there"),
  start: (context) =>
    startHeadgate(context, { workers: 1, command: serveCommand(context, []), cores: context.cores.proxy }),
};

/** This gateway in one process under Bun's CPU profiler; the profile is written when it is stopped. */
export function profiledHeadgate(profileFolder: string): Target {
  const profiler = ["--cpu-prof", `--cpu-prof-dir=${profileFolder}`];
  return {
    ...headgateTarget,
    start: (context) =>
      startHeadgate(context, { workers: 0, command: serveCommand(context, profiler), cores: context.cores.proxy }),
  };
}

/** Command that serves without npm in between. */
export function serveCommand(context: BenchContext, bunOptions: readonly string[]): string[] {
  return [process.execPath, "--no-install", "--no-env-file", ...bunOptions, entryPath(context), "serve"];
}

/** Starts this gateway on a free port with a data directory of its own, its OpenAI provider led to the upstream. */
export async function startHeadgate(context: BenchContext, options: HeadgateOptions): Promise<RunningTarget> {
  const folder = mkdtempSync(join(context.folder, "headgate-"));
  const configPath = join(folder, "headgate.yaml");
  const dataDirectory = join(folder, "data");
  await Bun.write(
    configPath,
    `providers:\n  openai: { base_url: "http://127.0.0.1:${context.upstreamPort}/v1" }\n` +
      "accounts: { default: { gateways: { cached: { cache_ttl: 86400 } } } }\n",
  );
  options.fill?.(dataDirectory);
  const port = freePort();
  return await launch(context, {
    name: "headgate",
    port,
    path: endpoint,
    headers: {},
    dataDirectory,
    process: {
      command: options.command,
      folder: context.projectRoot,
      environment: {
        HOST: "127.0.0.1",
        PORT: String(port),
        HEADGATE_CONFIG: configPath,
        HEADGATE_DATA: dataDirectory,
        ...(options.workers === null ? {} : { HEADGATE_WORKERS: String(options.workers) }),
      },
      cores: options.cores,
    },
  });
}

function entryPath(context: BenchContext): string {
  return join(context.projectRoot, "gateway", "src", "main.ts");
}
