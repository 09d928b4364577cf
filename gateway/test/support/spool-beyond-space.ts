import { randomBytes } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { openSpool } from "../../src/spool/spool.ts";

// Fills the directory given, which has little room, with lines no compression makes smaller, delivers all, and tells what became of them as JSON.
const directory = process.argv[2] as string;
const spool = openSpool(directory, { maxBatchBytes: 40_000, maxWaitingBytes: 1_000_000 });
const line = (): string => `${randomBytes(750).toString("base64")}\n`;

async function deliverAll(): Promise<number> {
  let delivered = 0;
  spool.closeBatch();
  for (let batch = await spool.oldest(); batch !== null; batch = await spool.oldest()) {
    const lines = gunzipSync(batch.bytes).toString().trimEnd().split("\n");
    if (lines.length !== batch.recordCount || lines.some((text) => text.length !== 1000)) throw new Error("torn");
    delivered += lines.length;
    await spool.remove(batch.id);
  }
  return delivered;
}

let appended = 0;
while (spool.droppedRecords < 10 && appended < 1000) {
  spool.append(line(), 1);
  appended += 1;
}
const dropped = spool.droppedRecords;
const delivered = await deliverAll();
spool.append(line(), 1);
const afterwards = await deliverAll();
console.log(JSON.stringify({ appended, dropped, delivered, afterwards }));
