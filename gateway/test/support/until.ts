/** Resolves as soon as `condition` holds, looking every few milliseconds; rejects after `timeoutMs` (2000) naming `what`. */
export async function until(what: string, condition: () => boolean, timeoutMs = 2000): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() > deadlineMs) throw new Error(`${what}: not so within ${timeoutMs} ms`);
    await Bun.sleep(4);
  }
}
