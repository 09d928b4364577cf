/** Most names that are remembered; the ones noted first are forgotten first. */
const MOST_NAMES = 1000;

/** Host names under which this installation is managed. */
export interface ManagementNames {
  /** Notes the name under which somebody managed who may do so in all accounts; nobody else can make a name count. */
  note(hostname: string): void;
  has(hostname: string): boolean;
}

/** Remembers names as long as the process runs. */
export function rememberManagementNames(): ManagementNames {
  const names = new Set<string>();
  return {
    note(hostname) {
      names.add(plain(hostname));
      if (names.size <= MOST_NAMES) return;
      const [oldest] = names;
      if (oldest !== undefined) names.delete(oldest);
    },
    has: (hostname) => names.has(plain(hostname)),
  };
}

function plain(hostname: string): string {
  return hostname.toLowerCase().replace(/\.$/, "");
}
