import { spawn } from "node:child_process";
import { isatty } from "node:tty";

const passedOn = ["SIGTERM", "SIGHUP", "SIGINT", "SIGUSR1", "SIGUSR2"];

/**
 * Runs Bun in the place of this process: same terminal, signals passed on, ended the same way.
 *
 * @param {string} bunPath absolute path of the binary
 * @param {readonly string[]} bunArguments
 * @returns {Promise<number>} Bun's exit code; a Bun ended by a signal ends this process by the same signal
 */
export async function runBun(bunPath, bunArguments) {
  // Bun must neither fetch packages by itself nor take settings from a stray .env file.
  const child = spawn(bunPath, ["--no-install", "--no-env-file", ...bunArguments], { stdio: "inherit" });
  for (const signal of passedOn) {
    process.on(signal, () => {
      // A terminal has already given Ctrl-C to every process of the group; a second one would mean "at once".
      if (signal !== "SIGINT" || !isatty(0)) child.kill(signal);
    });
  }
  const end = await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (exitCode, signal) => resolve({ exitCode, signal }));
  });
  if (end.signal === null) return end.exitCode;
  process.removeAllListeners(end.signal);
  process.kill(process.pid, end.signal);
  return 1;
}
