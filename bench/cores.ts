import type { CorePlan } from "./bench-context.ts";

/**
 * The proxy under test gets the first core this process may use, upstream and load generator the next one.
 * Nothing is pinned on a single core or where `taskset` (util-linux) is missing; `reason` says so.
 */
export async function planCores(): Promise<CorePlan & { readonly reason: string | null }> {
  const unpinned = { proxy: null, load: null, two: null, all: null };
  if (Bun.which("taskset") === null) return { ...unpinned, reason: "taskset is not installed" };
  const status = await Bun.file("/proc/self/status").text();
  const all = /^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1] ?? "";
  const cores = coresOf(all);
  if (cores.length < 2) return { ...unpinned, reason: "there is only one core" };
  const two = cores.length < 3 ? null : `${cores[0]},${cores[2]}`;
  return { proxy: String(cores[0]), load: String(cores[1]), two, all, reason: null };
}

/** Keeps this process, all its threads included, on the load generator's core. */
export function pinThisProcess(cores: CorePlan): void {
  if (cores.load === null) return;
  Bun.spawnSync(["taskset", "-a", "-c", "-p", cores.load, String(process.pid)]);
}

function coresOf(list: string): number[] {
  return list.split(",").flatMap((range) => {
    const [first = Number.NaN, last = first] = range.split("-").map(Number);
    return Number.isNaN(first) ? [] : Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}
