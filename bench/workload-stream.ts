import { eventIntervalMs, eventsPerStream, measureStreams } from "./measure-streams.ts";
import { chatBody, streamModel } from "./payloads.ts";
import type { Workload } from "./workload.ts";
import { measureRounds, resultOf } from "./workload.ts";

/** Streams of 101 events, 10 ms apart. */
export const streamWorkload: Workload = {
  name: "stream",
  title: `SSE streams of ${eventsPerStream} chunks, ${eventIntervalMs} ms apart`,
  describe: ({ streams, warmUpMs }) =>
    `${streams} concurrent streams, begun one after the other over ${warmUpMs} ms and repeated on the same connections, so that their chunks fall on different milliseconds. The delay of a chunk is the time from the upstream's write to its arrival at the client, both of which share a core.`,
  run: async (bench) => {
    const body = chatBody(streamModel(eventsPerStream, eventIntervalMs), true);
    return resultOf(await measureRounds(bench, (target) => measureStreams(bench.scale, target, target.request(body))));
  },
};
