import { writeSync } from "node:fs";
import { createUsageBilling } from "../../src/billing/create-usage-billing.ts";
import { stripeMetering } from "../../src/providers/metering/stripe.ts";
import { sampleEntry } from "./sample-entry.ts";

// Tells the service at the address given what was used until it is killed, and acknowledges each record with a line on stdout once it was taken.
const [directory, url, payload] = process.argv.slice(2) as [string, string, string];
const billing = createUsageBilling({
  gateways: [
    { accountId: "default", gatewayId: "default", settings: { authorization: "key", usage_events: [{ payload }] } },
  ],
  service: { ...stripeMetering, url },
  directory,
  resolveKey: async () => "key",
  onFailure: () => {},
  onRefused: () => {},
  limits: { maxBatchBytes: 3000, maxBatchAgeMs: 20, retryDelayMs: 5 },
});
for (let index = 0; ; index += 1) {
  const entry = sampleEntry({ createdAtMs: Date.now(), metadata: { customerId: `cus_${index % 5}` } });
  await billing.prepare?.([entry]);
  writeSync(1, `${entry.record.id}\n`);
  await Bun.sleep(1);
}
