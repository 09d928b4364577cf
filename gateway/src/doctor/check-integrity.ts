import { openUnchanged } from "./open-unchanged.ts";

/** What is known of a database's pages. `late` is one that was not looked through in time. */
export type Integrity = "sound" | "late" | { readonly fault: string };

/** The process that looks: prints `ok`, or what is wrong. */
export function runIntegrityCheck(path: string): void {
  try {
    using database = openUnchanged(path);
    const [answer] = database.query("PRAGMA quick_check(1)").values()[0] as [string];
    console.log(answer);
  } catch (error) {
    console.log((error as Error).message);
  }
}

/** Looks through a database in a process of its own, because nothing else could end SQLite when it takes too long. */
export async function checkIntegrity(
  path: string,
  { command, timeoutMs }: { readonly command: readonly string[]; readonly timeoutMs: number },
): Promise<Integrity> {
  await using child = Bun.spawn([...command, path], {
    stdio: ["ignore", "pipe", "ignore"],
    timeout: timeoutMs,
    killSignal: "SIGKILL",
  });
  const said = (await child.stdout.text()).trim().replaceAll(/\s+/g, " ");
  await child.exited;
  if (child.signalCode !== null) return "late";
  return said === "ok" ? "sound" : { fault: said === "" ? `it could not be looked at (${child.exitCode})` : said };
}
