import { cpus, loadavg, release, totalmem } from "node:os";
import { nginxVersion } from "./target-nginx.ts";
import { nodeVersion, portkeyVersion } from "./target-portkey.ts";

/** What a run was made on and of. */
export interface RunConditions {
  /** ISO 8601, UTC. */
  readonly date: string;
  /** Abbreviated hash of HEAD; null outside a repository or before its first commit. */
  readonly commit: string | null;
  /** Whether the working tree was as committed, the benchmark's own output aside. */
  readonly isClean: boolean;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  /** Load average of the last minute before the run. */
  readonly loadBefore: number;
  readonly versions: Readonly<Record<string, string>>;
}

const ownOutput = ["RESULTS.md", "RESULTS.json", "RECORDS.json", "SEMANTIC.json", "SOAK.json"].map(
  (name) => `:!bench/${name}`,
);

/** Looks at machine, repository and versions. */
export function runConditions(projectRoot: string): RunConditions {
  const commit = git(projectRoot, ["rev-parse", "--short=10", "--verify", "HEAD"]);
  return {
    date: new Date().toISOString().slice(0, 16).concat("Z"),
    commit: commit === "" ? null : commit,
    isClean: commit !== "" && git(projectRoot, ["status", "--porcelain", "--", ".", ...ownOutput]) === "",
    cpu: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: `${process.platform} ${release()}`,
    loadBefore: loadavg()[0] ?? 0,
    versions: {
      Bun: Bun.version,
      nginx: nginxVersion() ?? "not installed",
      "Portkey's gateway": portkeyVersion() ?? "not installed",
      "Node (for Portkey)": nodeVersion() ?? "not installed",
    },
  };
}

/** Trimmed output of a git command; empty when it fails, or when git is not there. */
function git(projectRoot: string, gitArguments: readonly string[]): string {
  if (Bun.which("git") === null) return "";
  const result = Bun.spawnSync(["git", ...gitArguments], { cwd: projectRoot, stderr: "ignore" });
  return result.success ? result.stdout.toString().trim() : "";
}
