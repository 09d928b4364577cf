/**
 * A date or date-time of RFC 3339 as Unix milliseconds; without a zone it is UTC, without a time midnight. Digits beyond
 * milliseconds are cut. Null for everything else, dates that no calendar has among them.
 */
export function parseTime(text: string): number | null {
  const match = pattern.exec(text);
  if (match === null) return null;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0)) as Fields;
  const local = Date.UTC(
    year,
    month - 1,
    day,
    hour,
    minute,
    second,
    Number((match[7] ?? "").padEnd(3, "0").slice(0, 3)),
  );
  const written = new Date(local);
  const isReal =
    written.getUTCFullYear() === year &&
    written.getUTCMonth() === month - 1 &&
    written.getUTCDate() === day &&
    written.getUTCHours() === hour &&
    written.getUTCMinutes() === minute &&
    written.getUTCSeconds() === second;
  const offsetMs = zoneOffsetMs(match[8] ?? "Z");
  return isReal && offsetMs !== null ? local - offsetMs : null;
}

type Fields = [number, number, number, number, number, number];

const pattern = /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?([Zz]|[+-]\d\d:?\d\d)?)?$/;

function zoneOffsetMs(zone: string): number | null {
  if (zone.toUpperCase() === "Z") return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(-2));
  if (hours > 23 || minutes > 59) return null;
  return (zone.startsWith("-") ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}
