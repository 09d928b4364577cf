import { join, resolve } from "node:path";

const scripts = resolve(import.meta.dir, "../../../scripts");

/** Where commands of a page are pasted. */
export interface PasteOptions {
  /** What stands for `http://127.0.0.1:8787`. */
  readonly url: string;
  /** Working directory of the shell. */
  readonly directory: string;
  /** Texts of the page and what a reader puts in their place. */
  readonly replaced: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string>>;
}

/** What a block of commands printed. */
export interface Pasted {
  readonly commands: string;
  readonly printed: string;
}

/** The blocks of shell commands on a page, in order. */
export function shellBlocks(markdown: string): string[] {
  return [...markdown.matchAll(/^```sh\n([^]*?)^```$/gm)].map((match) => match[1] as string);
}

/**
 * Pastes blocks into one shell, a second apart so that settings count, as somebody would who reads on. `npm run headgate --` runs its script without npm around it.
 * @throws Error with everything printed when a command fails.
 */
export async function pasteCommands(blocks: readonly string[], options: PasteOptions): Promise<readonly Pasted[]> {
  const border = "==== next ====";
  const replaced = Object.entries({ "http://127.0.0.1:8787": options.url, ...options.replaced });
  const bodies = blocks.map((block) => replaced.reduce((text, [from, to]) => text.replaceAll(from, to), block));
  const prelude = [
    "set -e",
    `headgate() { node ${join(scripts, "headgate.mjs")} "$@"; }`,
    `npm() { [ "$1 $2 $3" = "run headgate --" ] || return 64; shift 3; node ${join(scripts, "headgate.mjs")} "$@"; }`,
  ];
  const script = [...prelude, bodies.join(`\nsleep 1.2; echo; echo '${border}'\n`)].join("\n");
  const shell = Bun.spawn(["sh", "-s"], {
    cwd: options.directory,
    env: { PATH: process.env["PATH"] ?? "", HOME: options.directory, ...options.environment },
    stdin: Buffer.from(script),
    stdout: "pipe",
    stderr: "pipe",
    timeout: 150_000,
  });
  const [printed, complaints, exitCode] = await Promise.all([
    new Response(shell.stdout).text(),
    new Response(shell.stderr).text(),
    shell.exited,
  ]);
  if (exitCode !== 0) throw new Error(`ended with ${exitCode} after\n${printed}\n${complaints}`);
  const pieces = printed.split(`${border}\n`);
  return blocks.map((commands, index) => ({ commands, printed: pieces[index] ?? "" }));
}
