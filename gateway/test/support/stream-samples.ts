import { eventBorders } from "./event-borders.ts";
import { bodyBytes, readRecordings, recordedProviders } from "./recordings.ts";
import type { RecordedExchange } from "./recordings.ts";
import { sampleExchanges } from "./samples.ts";

/** The hand-written streams. */
export const streamedSamples: readonly RecordedExchange[] = sampleExchanges.filter(
  (exchange) => exchange.response.stream,
);

/** Event borders of an exchange's answer. */
export function bordersOf(exchange: RecordedExchange): number[] {
  return eventBorders(bodyBytes(exchange.response), exchange.response.headers["content-type"] ?? "");
}

/** The shortest successful recorded stream of each provider that has at least four events; none where `directory` is null. */
export async function shortestStreams(directory: string | null): Promise<RecordedExchange[]> {
  const chosen: RecordedExchange[] = [];
  if (directory === null) return chosen;
  for (const provider of recordedProviders(directory)) {
    let shortest: RecordedExchange | undefined;
    for await (const exchange of readRecordings(directory, provider)) {
      const { response } = exchange;
      if (!response.stream || response.status !== 200 || bordersOf(exchange).length < 4) continue;
      if (shortest === undefined || response.body.length < shortest.response.body.length) shortest = exchange;
    }
    if (shortest !== undefined) chosen.push(shortest);
  }
  return chosen;
}
