import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { BatchConsumer } from "../core/ledger-entry.ts";
import type { UsageBillingSettings } from "../core/usage-billing-settings.ts";
import type { UsageEvent } from "../core/usage-event.ts";
import {
  defaultUsageBillingLimits,
  startUsageBillingJob,
  type UsageBillingJob,
  type UsageBillingJobOptions,
  type UsageBillingLimits,
} from "./usage-billing-job.ts";
import type { UsageBillingState } from "./usage-billing-state.ts";
import { readTemplate, type UsageEventTemplate } from "./usage-event-template.ts";
import { usageEventsOf } from "./usage-events-of.ts";

/**
 * Tells a billing service what was used, fed by the ledger before it commits: each event reaches it at least once, and counts once by its
 * identifier, whatever dies when.
 */
export interface UsageBilling extends BatchConsumer {
  /** One for each gateway that told something or has something to tell. */
  states(): readonly UsageBillingState[];
  /** Takes the gateways anew. */
  configure(gateways: readonly UsageBillingGateway[]): void;
  /** Ends deliveries, which have up to `graceMs` (finite); what is left goes with the next process. */
  stop(graceMs: number): Promise<void>;
}

/** A gateway with `stripe`. */
export interface UsageBillingGateway {
  readonly accountId: string;
  readonly gatewayId: string;
  readonly settings: UsageBillingSettings;
}

/** What it is made of. */
export interface UsageBillingOptions extends Pick<UsageBillingJobOptions, "service" | "onFailure" | "onRefused"> {
  readonly gateways: readonly UsageBillingGateway[];
  /** Where events wait: a folder for each account and gateway is made in it. */
  readonly directory: string;
  /** The key behind a gateway's reference; null when there is none by now. */
  readonly resolveKey: (accountId: string, reference: string) => Promise<string | null>;
  readonly limits?: Partial<UsageBillingLimits>;
  /** Wall clock; the machine's own when absent. */
  readonly nowMs?: () => number;
}

interface Told extends UsageBillingGateway {
  readonly templates: readonly UsageEventTemplate[];
}

/** Starts delivery of what waits, and takes what comes. */
export function createUsageBilling(options: UsageBillingOptions): UsageBilling {
  const limits = { ...defaultUsageBillingLimits, ...options.limits };
  const jobs = new Map<string, UsageBillingJob>();
  let told = compile(options.gateways);
  const jobOf = (name: string): UsageBillingJob => {
    const known = jobs.get(name);
    if (known !== undefined) return known;
    const job = startUsageBillingJob({
      name,
      directory: join(options.directory, name),
      service: options.service,
      readKey: async () => {
        const gateway = told.get(name);
        return gateway === undefined
          ? null
          : await options.resolveKey(gateway.accountId, gateway.settings.authorization);
      },
      limits,
      nowMs: options.nowMs ?? Date.now,
      onFailure: options.onFailure,
      onRefused: options.onRefused,
    });
    jobs.set(name, job);
    return job;
  };
  for (const name of namesIn(options.directory)) jobOf(name);

  return {
    name: "usage-billing",
    async prepare(batch) {
      const found = new Map<string, { events: UsageEvent[]; incomplete: number }>();
      for (const { record } of batch) {
        const name = `${record.accountId}/${record.gatewayId}`;
        const gateway = told.get(name);
        if (gateway === undefined) continue;
        const { events, incomplete } = usageEventsOf(record, gateway.templates);
        const own = found.get(name) ?? { events: [], incomplete: 0 };
        own.events.push(...events);
        own.incomplete += incomplete;
        found.set(name, own);
      }
      for (const [name, { events, incomplete }] of found) jobOf(name).append(events, incomplete);
    },
    consume() {
      // All is done before the commit.
    },
    configure(gateways) {
      told = compile(gateways);
    },
    states: () => [...jobs.values()].map(({ state }) => state),
    async stop(graceMs) {
      await Promise.all([...jobs.values()].map((job) => job.stop(graceMs)));
    },
  };
}

/** A payload that an earlier version let pass and that is none tells nothing. */
function compile(gateways: readonly UsageBillingGateway[]): ReadonlyMap<string, Told> {
  return new Map(
    gateways.map((gateway) => {
      const read = gateway.settings.usage_events.map(({ payload }) => readTemplate(payload));
      const templates = read.filter((each) => typeof each !== "string");
      return [`${gateway.accountId}/${gateway.gatewayId}`, { ...gateway, templates }];
    }),
  );
}

/** Gateways of which something waits from before. */
function namesIn(directory: string): string[] {
  return foldersIn(directory).flatMap((account) =>
    foldersIn(join(directory, account)).map((gateway) => `${account}/${gateway}`),
  );
}

function foldersIn(directory: string): string[] {
  try {
    const entries = readdirSync(directory, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch {
    return [];
  }
}
