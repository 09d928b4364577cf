import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const KEY_BYTES = 32;
const FILE_NAME = "hash.key";

/**
 * The key under which credentials are hashed to count users, kept in the data directory (mode 0600) so that a user stays
 * the same over restarts. Made at the first start; every process of the machine reads the same one.
 * @throws the system's error when the file can neither be read nor made, Error when it holds something else.
 */
export function loadHashKey(dataDirectory: string): Buffer {
  const path = join(dataDirectory, FILE_NAME);
  try {
    writeFileSync(path, `${randomBytes(KEY_BYTES).toString("hex")}\n`, { flag: "wx", mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  const text = readFileSync(path, "utf8").trim();
  if (!/^[0-9a-f]{64}$/.test(text)) throw new Error(`${path} does not hold a key of ${KEY_BYTES} bytes in hexadecimal`);
  return Buffer.from(text, "hex");
}
