import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { BenchContext } from "./bench-context.ts";
import { freePort, launch } from "./target.ts";
import type { Target } from "./target.ts";

const peerFolder = join(import.meta.dir, "peers", "portkey");
const packageFolder = join(peerFolder, "node_modules", "@portkey-ai", "gateway");
const oldestNode = 20;
const installTimeoutMs = 120_000;

/** Portkey's gateway under the system's Node, installed on first use into a folder of its own. */
export const portkeyTarget: Target = {
  name: "portkey",
  async prepare(context) {
    const version = nodeVersion();
    if (version === null) return "Node is not on PATH";
    if (Number.parseInt(version, 10) < oldestNode) return `it needs Node ${oldestNode}, this is ${version}`;
    return existsSync(packageFolder) ? null : install(context);
  },
  async start(context) {
    const port = freePort();
    const preload = ["--import", join(peerFolder, "listen-on-loopback.mjs")];
    const script = join(packageFolder, "build", "start-server.js");
    return await launch(context, {
      name: "portkey",
      port,
      path: "/v1/chat/completions",
      headers: {
        "x-portkey-provider": "openai",
        "x-portkey-custom-host": `http://127.0.0.1:${context.upstreamPort}/v1`,
      },
      dataDirectory: null,
      process: {
        command: [Bun.which("node") ?? "node", ...preload, script, `--port=${port}`, "--headless"],
        environment: { NODE_ENV: "production" },
        cores: context.cores.proxy,
      },
    });
  },
};

/** The system's Node, without the leading v; null when there is none. */
export function nodeVersion(): string | null {
  const path = Bun.which("node");
  return path === null ? null : Bun.spawnSync([path, "--version"]).stdout.toString().trim().slice(1);
}

/** Versions of the parts that decide whether it works, e.g. `1.15.2 (@hono/node-server 1.14.1, hono 4.9.8)`. */
export function portkeyVersion(): string | null {
  if (!existsSync(packageFolder)) return null;
  const versionOf = (name: string) =>
    (JSON.parse(readFileSync(join(peerFolder, "node_modules", name, "package.json"), "utf8")) as { version: string })
      .version;
  return `${versionOf("@portkey-ai/gateway")} (@hono/node-server ${versionOf("@hono/node-server")}, hono ${versionOf("hono")})`;
}

async function install(context: BenchContext): Promise<string | null> {
  const npm = Bun.which("npm");
  if (npm === null) return "npm is not on PATH";
  context.say("installing Portkey's gateway into bench/peers/portkey (once)");
  const options = ["--ignore-scripts", "--no-audit", "--no-fund"];
  const result = Bun.spawnSync([npm, "ci", ...options], { cwd: peerFolder, timeout: installTimeoutMs });
  return result.success ? null : `npm ci failed: ${result.stderr.toString().trim().slice(-400)}`;
}
