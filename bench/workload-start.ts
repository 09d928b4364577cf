import { spreadOver } from "./figures.ts";
import { startHeadgate } from "./target-headgate.ts";
import type { RunningTarget } from "./target.ts";
import type { Bench, ResultRow, Workload } from "./workload.ts";

/** How long it takes until the first request is answered. */
export const startWorkload: Workload = {
  name: "start",
  title: "Start",
  describe: ({ starts }) =>
    `From starting the command to the first chat request answered through the upstream, ${starts} times each, files in the page cache. \`npm start\` runs on all cores with its defaults (one worker a core) after an unmeasured first start; the processes by themselves run on one core.`,
  async run(bench) {
    const rows: ResultRow[] = [];
    const notes: string[] = [];
    for (const target of bench.targets) {
      try {
        const processStartMs = await startTimes(bench, () => target.start(bench.context));
        const npmStartMs = target.name === "headgate" ? await startTimes(bench, () => npmStart(bench)) : [];
        const figures = spreadOver([
          ...processStartMs.map((value) => ({ processStartMs: value })),
          ...npmStartMs.map((value) => ({ npmStartMs: value })),
        ]);
        rows.push({ target: target.name, figures });
      } catch (error) {
        notes.push(`${target.name} was left out: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    return { rows, notes };
  },
};

async function startTimes({ scale }: Bench, start: () => Promise<RunningTarget>): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index <= scale.starts; index++) {
    const running = await start();
    if (index > 0) times.push(running.startMs);
    await running.stop();
  }
  return times;
}

function npmStart({ context }: Bench): Promise<RunningTarget> {
  const command = ["npm", "start", "--silent"];
  return startHeadgate(context, { workers: null, command, cores: context.cores.all });
}
