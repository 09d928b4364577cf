import { writeSync } from "node:fs";
import { createLogpush } from "../../src/logpush/create-logpush.ts";
import { sampleEntry } from "./sample-entry.ts";

// Pushes records to the endpoint given until it is killed, and acknowledges each with a line on stdout once it was taken.
const [directory, url, publicKey] = process.argv.slice(2) as [string, string, string];
const logpush = createLogpush({
  gateways: [{ accountId: "default", gatewayId: "default", publicKey }],
  accounts: [{ accountId: "default", targets: [{ name: "endpoint", type: "http", url }] }],
  directory,
  resolveSecret: async () => null,
  onFailure: () => {},
  limits: { maxBatchBytes: 20_000, maxBatchAgeMs: 20, retryDelayMs: 5 },
});
for (let index = 0; ; index += 1) {
  await logpush.prepare?.([sampleEntry({ model: `record-${index}` })]);
  writeSync(1, `record-${index}\n`);
  await Bun.sleep(1);
}
