import { parseArgs } from "node:util";
import { mebibytes, runSoak } from "./run-soak.ts";

// `npm run bench -- soak`: mixed traffic with disturbances, and what became of memory, descriptors and the ledger.
const { values } = parseArgs({
  options: { minutes: { type: "string", default: "2" }, clients: { type: "string", default: "16" } },
});
const minutes = Number(values.minutes);
if (!(minutes > 0 && minutes <= 1440))
  throw new Error(`--minutes: expected more than 0 and at most 1440, got ${values.minutes}`);
const { account, growth, kills, settingsChanges, ledger, unexplained } = await runSoak({
  durationMs: minutes * 60_000,
  roundMs: 10_000,
  restMs: 3000,
  clients: Number(values.clients),
  say: (text) => console.log(text),
});
console.log(
  `\n${account.requests} requests: ${account.costs.size} whole, ${account.unfinished.size} broken off or refused, ${account.unanswered} without an answer; ${kills} workers killed, ${settingsChanges} changes of settings`,
);
for (const [name, { firstBytes, lastBytes, bytesPerMinute, firstDescriptors, lastDescriptors }] of Object.entries(
  growth,
)) {
  const slope = `${bytesPerMinute < 0 ? "-" : "+"}${mebibytes(Math.abs(bytesPerMinute))} a minute`;
  console.log(
    `${name}: ${mebibytes(firstBytes)} to ${mebibytes(lastBytes)} at rest, ${slope}; ${firstDescriptors} to ${lastDescriptors} descriptors`,
  );
}
console.log(`ledger: ${JSON.stringify(ledger)}`);
for (const line of unexplained.slice(0, 20)) console.log(`unexplained: ${line}`);
const isWell = unexplained.length + ledger.missing + ledger.twice + ledger.wrongCost + ledger.unknown === 0;
console.log(isWell ? "nothing unexplained, ledger and account agree to the nano-dollar" : "the run is not well");
process.exit(isWell ? 0 : 1);
