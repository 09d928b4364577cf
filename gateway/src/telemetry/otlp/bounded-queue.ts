/** Items that wait, first in first out, within a bound on their number and on their size. */
export interface BoundedQueue<Item> {
  readonly count: number;
  readonly sizeBytes: number;
  /** False when there is no room, and the item was not taken. */
  offer(item: Item, sizeBytes: number): boolean;
  /** Up to `maxCount` items of at most `maxBytes` together, but at least one if there is one. */
  take(maxCount: number, maxBytes: number): Item[];
}

/** An empty queue. */
export function createBoundedQueue<Item>(maxCount: number, maxBytes: number): BoundedQueue<Item> {
  const waiting: { item: Item; sizeBytes: number }[] = [];
  let totalBytes = 0;
  return {
    get count() {
      return waiting.length;
    },
    get sizeBytes() {
      return totalBytes;
    },
    offer(item, sizeBytes) {
      if (waiting.length >= maxCount || totalBytes + sizeBytes > maxBytes) return false;
      waiting.push({ item, sizeBytes });
      totalBytes += sizeBytes;
      return true;
    },
    take(takeCount, takeBytes) {
      let length = 0;
      let takenBytes = 0;
      while (length < Math.min(takeCount, waiting.length)) {
        const next = (waiting[length] as { sizeBytes: number }).sizeBytes;
        if (length > 0 && takenBytes + next > takeBytes) break;
        takenBytes += next;
        length += 1;
      }
      totalBytes -= takenBytes;
      return waiting.splice(0, length).map(({ item }) => item);
    },
  };
}
