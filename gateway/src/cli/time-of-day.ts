/** Local time of day with milliseconds. */
export function timeOfDay(timeMs: number): string {
  const time = new Date(timeMs);
  const milliseconds = String(time.getMilliseconds()).padStart(3, "0");
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}.${milliseconds}`;
}

/** Local date and time of day with milliseconds. */
export function dateAndTime(timeMs: number): string {
  const time = new Date(timeMs);
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ${timeOfDay(timeMs)}`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
