import { createPrivateKey, type KeyObject } from "node:crypto";
import { createReadStream, readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { type ArgsDef, defineCommand } from "citty";
import { decryptLines } from "../logpush/decrypt-lines.ts";
import { exitStatus, StartError } from "../supervisor/exit-status.ts";
import { openOutput, type Output } from "./output.ts";
import { rejectUnknownArguments, UsageError } from "./usage-error.ts";

const options = {
  key: { type: "string", valueHint: "private.pem", description: "File of the RSA private key." },
} as const satisfies ArgsDef;

const gzipMagic = [0x1f, 0x8b];

/** `headgate logs decrypt --key private.pem FILE…`: Logpush files, gzip or plain, as readable NDJSON on stdout; `-` or no file is stdin. */
export const decryptCommand = defineCommand({
  meta: { name: "decrypt", description: "Decrypt files that Logpush wrote, to stdout." },
  args: options,
  async run({ args }) {
    const files = args["_"] as string[];
    rejectUnknownArguments({ ...args, _: [] }, options);
    const keyPath = args.key;
    if (typeof keyPath !== "string" || keyPath === "") throw new UsageError("--key takes the file of a private key");
    const privateKey = readPrivateKey(keyPath);
    const output = openOutput();
    let failures = 0;
    for (const file of files.length === 0 ? ["-"] : files) failures += await decryptFile(file, privateKey, output);
    if (failures > 0) {
      throw new StartError(
        `${failures} ${failures === 1 ? "line" : "lines"} could not be decrypted`,
        exitStatus.noInput,
      );
    }
  },
});

/** Prints what the file holds; answers the number of lines that could not be read, each of which is told on stderr. */
async function decryptFile(file: string, privateKey: KeyObject, output: Output): Promise<number> {
  let failures = 0;
  try {
    for await (const result of decryptLines(plainBytes(file), privateKey)) {
      if (output.signal.aborted) break;
      if (result.type === "record") await output.print(`${JSON.stringify(result.record)}\n`);
      else {
        failures += 1;
        process.stderr.write(`${file}:${result.line}: ${result.reason}\n`);
      }
    }
  } catch (error) {
    throw new StartError(`${file}: ${(error as Error).message}`, exitStatus.noInput);
  }
  return failures;
}

/** The bytes of a file or of stdin, without gzip; whether there is any is told by the first two. */
async function* plainBytes(file: string): AsyncGenerator<Uint8Array> {
  const source: AsyncIterable<Uint8Array> = file === "-" ? process.stdin : createReadStream(file);
  const pieces = source[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < gzipMagic.length) {
    const next = await pieces.next();
    if (next.done === true) break;
    head = Buffer.concat([head, next.value]);
  }
  async function* whole(): AsyncGenerator<Uint8Array> {
    yield head;
    for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) yield next.value;
  }
  if (!gzipMagic.every((byte, index) => head[index] === byte)) return yield* whole();
  const gunzip = createGunzip();
  const pumping = pipeline(Readable.from(whole()), gunzip);
  // The same fault breaks the reading below; it must not go unhandled here.
  pumping.catch(() => {});
  yield* gunzip;
  await pumping;
}

function readPrivateKey(path: string): KeyObject {
  let pem: string;
  try {
    pem = readFileSync(path, "utf8");
  } catch (error) {
    throw new StartError(`${path}: ${(error as Error).message}`, exitStatus.noInput);
  }
  try {
    return createPrivateKey(pem);
  } catch {
    throw new StartError(`${path} is no private key in PEM, or one with a passphrase`, exitStatus.noInput);
  }
}
