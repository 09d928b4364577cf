import { readFileSync } from "node:fs";

/** What a worker may hold open, so that accepting connections never meets the limit of open files: the runtime would then keep a core busy with trying. */
export interface DescriptorBudget {
  /** Connections of clients. */
  readonly clientConnections: number;
  /** Connections to providers that nobody uses. */
  readonly idleUpstreamConnections: number;
}

/** Journal, boards, sockets between processes, databases where one process has all roles, and clients that are being turned away. */
const OWN = 100;
/** An exchange has a connection of the client, one to the provider, and a file while its answer is cached. */
const EACH_EXCHANGE = 3;
const IDLE_PART = 10;
const LEAST_CONNECTIONS = 16;

/** How many files a process may have open: its soft limit, which the runtime raises to the hard one when it starts. Null where the system does not tell. */
export function descriptorLimit(pid: number | "self" = "self"): number | null {
  const found = /^Max open files\s+(\d+|unlimited)/m.exec(limitsOf(pid));
  if (found === null) return null;
  return found[1] === "unlimited" ? Number.MAX_SAFE_INTEGER : Number(found[1]);
}

/** The budget within a limit; without bounds where it is not known. */
export function descriptorBudget(limit: number | null): DescriptorBudget {
  if (limit === null) {
    return { clientConnections: Number.POSITIVE_INFINITY, idleUpstreamConnections: Number.POSITIVE_INFINITY };
  }
  const idleUpstreamConnections = Math.floor(limit / IDLE_PART);
  const left = limit - OWN - idleUpstreamConnections;
  return {
    clientConnections: Math.max(LEAST_CONNECTIONS, Math.floor(left / EACH_EXCHANGE)),
    idleUpstreamConnections,
  };
}

function limitsOf(pid: number | "self"): string {
  try {
    return readFileSync(`/proc/${pid}/limits`, "utf8");
  } catch {
    // Another system, or the process is gone.
    return "";
  }
}
