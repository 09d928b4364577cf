import { UsageError } from "./usage-error.ts";

/**
 * A password: typed twice without being shown, or, where stdin is no terminal, the first line of it.
 * @throws UsageError when the two differ or there is none.
 */
export async function readPassword(): Promise<string> {
  const password = process.stdin.isTTY ? await typedTwice() : await firstLine();
  if (password === "") throw new UsageError("Expected a password on stdin");
  return password;
}

async function firstLine(): Promise<string> {
  return (await Bun.stdin.text()).split(/\r?\n/)[0] ?? "";
}

async function typedTwice(): Promise<string> {
  const [first, again] = [await typed("Password: "), await typed("Once more: ")];
  if (first !== again) throw new UsageError("The two passwords are not the same");
  return first;
}

/** What is typed up to the end of the line, while the terminal shows nothing of it. */
async function typed(prompt: string): Promise<string> {
  const { stdin } = process;
  process.stderr.write(prompt);
  stdin.setRawMode(true);
  stdin.setEncoding("utf8");
  let text = "";
  try {
    for await (const piece of stdin.iterator({ destroyOnReturn: false }) as AsyncIterable<string>) {
      for (const character of piece) {
        if (character === "\r" || character === "\n") return text;
        if (character === "\u0003" || character === "\u0004") throw new UsageError("Nothing was changed");
        text = character === "\u007F" || character === "\b" ? [...text].slice(0, -1).join("") : text + character;
      }
    }
    return text;
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    process.stderr.write("\n");
  }
}
