import { type Clock, systemClock } from "../../core/clock.ts";
import type { OtlpExporterSettings } from "../../core/export-settings.ts";
import type { PlainFetch } from "../../http1/guarded-fetch.ts";
import type { BatchConsumer } from "../../core/ledger-entry.ts";
import { defaultOtlpLimits, type OtlpLimits } from "./exporter-settings.ts";
import { ownFetch } from "./send-spans.ts";
import { createOtlpExporter, type ExporterOptions, type ExporterState, type OtlpExporter } from "./otlp-exporter.ts";

/** The exporters of all gateways, fed by the ledger. */
export interface OtlpConsumer extends BatchConsumer {
  /** One per exporter. */
  states(): readonly ExporterState[];
  /** Takes the settings anew: exporters whose settings are the same go on, others end with up to ten seconds to send what waits. */
  configure(gateways: readonly OtlpGateway[]): void;
  /** Ends all exporters, which have up to `graceMs` (finite) to send what waits. */
  stop(graceMs: number): Promise<void>;
}

/** The `otel` setting of one gateway. */
export interface OtlpGateway {
  readonly accountId: string;
  readonly gatewayId: string;
  readonly otel: readonly OtlpExporterSettings[];
  /** Whether they are held to the address policy, because someone else than the operator named them. */
  readonly isGuarded: boolean;
}

/** What the exporters are made of; `limits` and `clock` have defaults. */
export interface OtlpConsumerOptions extends Pick<ExporterOptions, "resolveSecret" | "onFailure"> {
  readonly gateways: readonly OtlpGateway[];
  /** What guarded exporters send with. */
  readonly guardedFetch: PlainFetch;
  readonly limits?: Partial<OtlpLimits>;
  readonly clock?: Clock;
}

interface Running {
  readonly key: string;
  readonly exporter: OtlpExporter;
}

const replacedGraceMs = 10_000;

/** Exporters for every gateway that has some. Taking a batch never waits for a collector. */
export function createOtlpConsumer(options: OtlpConsumerOptions): OtlpConsumer {
  const limits = { ...defaultOtlpLimits, ...options.limits };
  const { resolveSecret, onFailure, clock = systemClock } = options;
  const shared = { limits, clock, resolveSecret, onFailure };
  let running = new Map<string, readonly Running[]>();
  const leaving = new Set<Promise<void>>();

  function configure(gateways: readonly OtlpGateway[]): void {
    const before = new Map([...running.values()].flat().map((each) => [each.key, each]));
    running = new Map(
      gateways.map(({ accountId, gatewayId, otel, isGuarded }) => [
        `${accountId}/${gatewayId}`,
        otel.map((settings, index) => {
          const name = `${accountId}/${gatewayId}/${index}`;
          const key = JSON.stringify([name, settings, isGuarded]);
          const kept = before.get(key);
          before.delete(key);
          const fetch = isGuarded ? options.guardedFetch : ownFetch;
          return kept ?? { key, exporter: createOtlpExporter({ ...shared, name, settings, fetch }) };
        }),
      ]),
    );
    for (const { exporter } of before.values()) {
      const left = exporter.stop(replacedGraceMs).finally(() => leaving.delete(left));
      leaving.add(left);
    }
  }

  configure(options.gateways);
  return {
    name: "otlp",
    consume(batch) {
      for (const entry of batch) {
        const { accountId, gatewayId } = entry.record;
        for (const { exporter } of running.get(`${accountId}/${gatewayId}`) ?? []) exporter.offer(entry);
      }
    },
    states: () => [...running.values()].flat().map(({ exporter }) => exporter.state),
    configure,
    async stop(graceMs) {
      const all = [...running.values()].flat().map(({ exporter }) => exporter.stop(graceMs));
      await Promise.all([...all, ...leaving]);
    },
  };
}
