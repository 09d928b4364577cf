import { bodyConnections, measureBodies } from "./measure-bodies.ts";
import type { ResultRow, Workload } from "./workload.ts";
import { measureRounds, resultOf } from "./workload.ts";

/** Chat calls of several sizes both ways. */
export const bodiesWorkload: Workload = {
  name: "bodies",
  title: "Bodies by size, the same both ways",
  describe: ({ fewerRounds }) =>
    `Closed loop over ${bodyConnections} connections; JSON both ways, usage at the end of the answer; ${fewerRounds} rounds. Each size has its targets started afresh.`,
  async run(bench) {
    const targets = bench.targets.filter(({ name }) => name === "headgate" || name === "nginx");
    const scale = { ...bench.scale, rounds: bench.scale.fewerRounds };
    const rows: ResultRow[] = [];
    const notes: string[] = [];
    for (const bytes of scale.bodyBytes) {
      const rounds = await measureRounds({ ...bench, scale, targets }, (target) => measureBodies(scale, target, bytes));
      const result = resultOf(rounds);
      rows.push(...result.rows.map((row) => ({ ...row, variant: sizeName(bytes) })));
      notes.push(...result.notes.map((note) => `${sizeName(bytes)}: ${note}`));
    }
    return { rows, notes };
  },
};

/** `1 KB`, `10 MB`. */
function sizeName(bytes: number): string {
  return bytes < 1_048_576 ? `${bytes / 1024} KB` : `${bytes / 1_048_576} MB`;
}
