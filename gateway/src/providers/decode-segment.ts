/** A path segment without percent-encoding; as it came when the encoding is broken. For names shown to people, never for sending. */
export function decodeSegment(segment: string): string {
  if (!segment.includes("%")) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
