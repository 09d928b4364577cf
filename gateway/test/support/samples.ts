import type { RecordedExchange } from "./recordings.ts";
import { anthropicSamples } from "./samples/anthropic-samples.ts";
import { bedrockSamples } from "./samples/bedrock-samples.ts";
import { googleSamples } from "./samples/google-samples.ts";
import { openaiSamples } from "./samples/openai-samples.ts";
import { otherSamples } from "./samples/other-samples.ts";

/** Hand-written exchanges of every dialect, so that tests of real traffic also run where no recordings are. */
export const sampleExchanges: readonly RecordedExchange[] = [
  ...openaiSamples,
  ...anthropicSamples,
  ...googleSamples,
  ...bedrockSamples,
  ...otherSamples,
];

/** The sample of a given id, with or without its `sample-` prefix; throws when there is none. */
export function sampleExchange(id: string): RecordedExchange {
  const found = sampleExchanges.find((exchange) => exchange.id === id || exchange.id === `sample-${id}`);
  if (found === undefined) throw new Error(`no sample ${id}`);
  return found;
}
