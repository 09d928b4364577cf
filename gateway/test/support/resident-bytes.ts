/** Memory of this process that is resident now, garbage collected first. */
export function residentBytes(): number {
  Bun.gc(true);
  return process.memoryUsage().rss;
}
