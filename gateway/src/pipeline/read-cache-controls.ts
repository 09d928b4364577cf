import { type CacheControls, noCacheControls } from "../cache/cache-controls.ts";
import { thresholdBounds } from "../cache/semantic/semantic-answers.ts";
import { leastLifetimeSeconds, mostLifetimeSeconds } from "../cache/lifetime.ts";
import { GatewayError } from "../core/errors.ts";
import { headerValue, type HeaderList } from "../core/header-list.ts";
import { readSwitch } from "./read-switch.ts";

const LIFETIME = { least: leastLifetimeSeconds, most: mostLifetimeSeconds };
const STALE = { least: 0, most: mostLifetimeSeconds };
const LONGEST_NAME = 1024;
const MOST_TAGS = 16;
/** Of a tag. */
const TAG = /^[\w.:/-]{1,64}$/;

/**
 * Reads the `cf-aig-*` headers about the cache (reference §2.1) from a request, or from a universal step, whose headers win.
 * @param outer what the request said, for a step. @param place prefix of the fault's path, e.g. `[0].headers.`; empty for request headers.
 * @throws GatewayError invalidRequest (7001) naming the header and what it takes.
 */
export function readCacheControls(
  headers: HeaderList,
  outer: CacheControls = noCacheControls,
  place = "",
): CacheControls {
  return {
    isSkipped:
      readSwitch(headers, "cf-aig-skip-cache", place) ?? readSwitch(headers, "cf-skip-cache", place) ?? outer.isSkipped,
    lifetimeSeconds:
      readSeconds(headers, "cf-aig-cache-ttl", { ...LIFETIME, place }) ??
      readSeconds(headers, "cf-cache-ttl", { ...LIFETIME, place }) ??
      outer.lifetimeSeconds,
    name: readName(headers, place) ?? outer.name,
    tags: readTags(headers, place) ?? outer.tags,
    whileRevalidateSeconds:
      readSeconds(headers, "cf-aig-cache-stale-while-revalidate", { ...STALE, place }) ?? outer.whileRevalidateSeconds,
    ifErrorSeconds: readSeconds(headers, "cf-aig-cache-stale-if-error", { ...STALE, place }) ?? outer.ifErrorSeconds,
    isPaced: readReplay(headers, place) ?? outer.isPaced,
    semantic: readSemantic(headers, place) ?? outer.semantic,
  };
}

function readName(headers: HeaderList, place: string): string | null {
  const value = headerValue(headers, "cf-aig-cache-key");
  if (value === undefined) return null;
  if (value !== "" && value.length <= LONGEST_NAME) return value;
  throw fault(`${place}cf-aig-cache-key`, `a text of 1 to ${LONGEST_NAME} bytes`, `${value.length} bytes`);
}

function readTags(headers: HeaderList, place: string): readonly string[] | null {
  const value = headerValue(headers, "cf-aig-cache-tag");
  if (value === undefined) return null;
  const tags = value.split(",").map((tag) => tag.trim());
  if (tags.length <= MOST_TAGS && tags.every((tag) => TAG.test(tag))) return tags;
  const expected = `1 to ${MOST_TAGS} names of letters, digits and . _ : / - up to 64 characters, with commas between`;
  throw fault(`${place}cf-aig-cache-tag`, expected, `"${value.slice(0, 64)}"`);
}

function readReplay(headers: HeaderList, place: string): boolean | null {
  const value = headerValue(headers, "cf-aig-cache-replay");
  if (value === undefined) return null;
  if (value === "paced" || value === "at-once") return value === "paced";
  throw fault(`${place}cf-aig-cache-replay`, "paced or at-once", `"${value.slice(0, 64)}"`);
}

function readSemantic(headers: HeaderList, place: string): number | boolean | null {
  const value = headerValue(headers, "cf-aig-cache-semantic");
  if (value === undefined) return null;
  if (value === "true" || value === "false") return value === "true";
  const threshold = /^[01](?:\.\d{1,6})?$/.test(value) ? Number(value) : -1;
  const { least, most } = thresholdBounds;
  if (threshold >= least && threshold <= most) return threshold;
  const expected = `a number from ${least} to ${most}, true or false`;
  throw fault(`${place}cf-aig-cache-semantic`, expected, `"${value.slice(0, 64)}"`);
}

function readSeconds(
  headers: HeaderList,
  name: string,
  { least, most, place }: { readonly least: number; readonly most: number; readonly place: string },
): number | null {
  const value = headerValue(headers, name);
  if (value === undefined) return null;
  const seconds = /^\d{1,12}$/.test(value) ? Number(value) : -1;
  if (seconds >= least && seconds <= most) return seconds;
  throw fault(`${place}${name}`, `a whole number of seconds from ${least} to ${most}`, `"${value.slice(0, 64)}"`);
}

function fault(path: string, expected: string, got: string): GatewayError {
  return new GatewayError("invalidRequest", { path, message: `${path} must be ${expected}, got ${got}` });
}
