/** How a figure is shown. */
export interface FigureColumn {
  readonly label: string;
  format(value: number): string;
}

/**
 * A number with its thousands set apart.
 * @param digits after the point.
 */
export function withDigits(value: number, digits: number): string {
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

const count = (value: number) => withDigits(value, 0);
const microseconds = (value: number) => withDigits(value, value < 100 ? 1 : 0);
const milliseconds = (value: number) => withDigits(value, Math.abs(value) < 10 ? 2 : 1);
const megabytes = (value: number) => withDigits(value / 1e6, 1);
const percent = (value: number) => `${withDigits(value * 100, 0)} %`;

/** Every figure a workload may give, in the order of their columns. */
export const figureColumns: Readonly<Record<string, FigureColumn>> = {
  cpuUsPerRequest: { label: "CPU µs per request", format: microseconds },
  workers: { label: "workers", format: count },
  limitedCpuUsPerRequest: { label: "with limits, µs", format: microseconds },
  limitsCpuUsAdded: { label: "added, µs", format: microseconds },
  hitCpuUsPerRequest: { label: "of a hit, µs", format: microseconds },
  fallbackCpuUsPerRequest: { label: "of a fallback, µs", format: microseconds },
  missCpuUsPerRequest: { label: "of a miss, µs", format: microseconds },
  restCpuUsPerRequest: { label: "other processes, µs", format: microseconds },
  fastCpuUsPerRequest: { label: "CPU µs at 3000/s", format: microseconds },
  cpuUsPerChunk: { label: "CPU µs per chunk", format: microseconds },
  restCpuUsPerChunk: { label: "other processes per chunk, µs", format: microseconds },
  requestsPerSecond: { label: "requests/s", format: count },
  chunksPerSecond: { label: "chunks/s", format: count },
  workerShare: { label: "core busy", format: percent },
  closedP50Ms: { label: "closed p50 ms", format: milliseconds },
  closedP99Ms: { label: "closed p99 ms", format: milliseconds },
  slowP50Ms: { label: "300/s p50 ms", format: milliseconds },
  slowP99Ms: { label: "300/s p99 ms", format: milliseconds },
  fastP50Ms: { label: "3000/s p50 ms", format: milliseconds },
  fastP99Ms: { label: "3000/s p99 ms", format: milliseconds },
  chunkDelayP50Ms: { label: "chunk delay p50 ms", format: milliseconds },
  chunkDelayP99Ms: { label: "chunk delay p99 ms", format: milliseconds },
  openStreams: { label: "open streams", format: count },
  openSockets: { label: "open sockets", format: count },
  socketsRssBytes: { label: "added by them MB", format: megabytes },
  workerRssBytes: { label: "worker RSS MB", format: megabytes },
  workerPssBytes: { label: "worker PSS MB", format: megabytes },
  allRssBytes: { label: "all RSS MB", format: megabytes },
  allPssBytes: { label: "all PSS MB", format: megabytes },
  idleRssBytes: { label: "RSS before MB", format: megabytes },
  restRssBytes: { label: "other processes MB", format: megabytes },
  soakedRequests: { label: "requests", format: count },
  requestsRssFirstBytes: { label: "RSS first MB", format: megabytes },
  requestsRssLastBytes: { label: "last MB", format: megabytes },
  requestsRssMaxBytes: { label: "max MB", format: megabytes },
  requestsGrowthBytes: { label: "growth MB", format: megabytes },
  requestsGrowthShare: { label: "growth", format: percent },
  abortedStreams: { label: "aborted streams", format: count },
  abortsSeenUpstream: { label: "aborts seen upstream", format: count },
  streamsLeftOpenUpstream: { label: "left open upstream", format: count },
  abortsRssFirstBytes: { label: "RSS first MB", format: megabytes },
  abortsRssLastBytes: { label: "last MB", format: megabytes },
  abortsRssMaxBytes: { label: "max MB", format: megabytes },
  abortsGrowthBytes: { label: "growth MB", format: megabytes },
  abortsGrowthShare: { label: "growth", format: percent },
  jsonFirstByteP50Ms: { label: "JSON p50 ms", format: milliseconds },
  jsonFirstByteP50MsAdded: { label: "added", format: milliseconds },
  jsonFirstByteP99Ms: { label: "JSON p99 ms", format: milliseconds },
  jsonFirstByteP99MsAdded: { label: "added", format: milliseconds },
  streamFirstByteP50Ms: { label: "stream p50 ms", format: milliseconds },
  streamFirstByteP50MsAdded: { label: "added", format: milliseconds },
  streamFirstByteP99Ms: { label: "stream p99 ms", format: milliseconds },
  streamFirstByteP99MsAdded: { label: "added", format: milliseconds },
  halfRate: { label: "half the rate, requests/s", format: count },
  halfFirstByteP50Ms: { label: "first byte p50 ms", format: milliseconds },
  halfFirstByteP50MsAdded: { label: "added", format: milliseconds },
  halfFirstByteP99Ms: { label: "first byte p99 ms", format: milliseconds },
  halfFirstByteP99MsAdded: { label: "added", format: milliseconds },
  processStartMs: { label: "process, ms", format: count },
  npmStartMs: { label: "npm start, ms", format: count },
  recordBytesPerRequest: { label: "record bytes per request", format: count },
  failures: { label: "failures", format: count },
};
