import type { Migration } from "../migrate.ts";

/** What is added up; later steps may add columns, so this list stays as it is. */
const counters = [
  "requests",
  "errors",
  "superseded",
  "cached",
  "unpriced",
  "tokens_in",
  "tokens_out",
  "cached_tokens_in",
  "cached_tokens_out",
  "prompt_cache_tokens",
  "cost_nano_usd",
  "saved_nano_usd",
  "duration_ms",
  "generated_tokens",
  "generated_ms",
]
  .map((name) => `${name} INTEGER NOT NULL`)
  .join(", ");

const sketches = "duration BLOB NOT NULL, first_byte BLOB NOT NULL, users BLOB NOT NULL";

const ofGrain = (grain: string, tier: string): string => `
CREATE TABLE roll_up_${grain}_${tier} (
  at INTEGER NOT NULL,
  ${grain} INTEGER NOT NULL,
  ${counters},
  PRIMARY KEY (at, ${grain})
) STRICT, WITHOUT ROWID;

CREATE TABLE roll_up_${grain}_sketch_${tier} (
  at INTEGER NOT NULL,
  ${grain} INTEGER NOT NULL,
  ${sketches},
  PRIMARY KEY (at, ${grain})
) STRICT, WITHOUT ROWID;
`;

const ofTier = (tier: string): string => ofGrain("series", tier) + ofGrain("family", tier) + ofAttributes(tier);

const ofAttributes = (tier: string): string => `
CREATE TABLE roll_up_attribute_${tier} (
  attribute INTEGER NOT NULL,
  gateway INTEGER NOT NULL,
  at INTEGER NOT NULL,
  value TEXT NOT NULL,
  ${counters},
  PRIMARY KEY (attribute, gateway, at, value)
) STRICT, WITHOUT ROWID;
`;

/**
 * Roll-ups. `at` counts minutes, hours or days since the Unix epoch. Of hours and days, sketches lie apart from counters, which
 * most charts are content with. A family is all series of one model, whatever came of
 * their requests; most charts need no more. In `roll_up_series` empty texts and error code 0 stand for none. An attribute with
 * `covered_until_ms` had too many values to be rolled up from then on; `seen` is the counter of its values. In `roll_up_attribute_days` gateway 0 is
 * all gateways together. A tier holds every
 * attempt of the steps from `kept_from` to before `complete_until`; what is newer is in the finer tier only.
 */
export const analyticsTables: Migration = {
  version: 2,
  sql: `
CREATE TABLE roll_up_families (
  family INTEGER PRIMARY KEY,
  account_id TEXT NOT NULL,
  gateway_id TEXT NOT NULL,
  provider TEXT NOT NULL,
  model TEXT NOT NULL,
  UNIQUE (account_id, gateway_id, provider, model)
) STRICT;

CREATE TABLE roll_up_series (
  series INTEGER PRIMARY KEY,
  family INTEGER NOT NULL,
  account_id TEXT NOT NULL,
  gateway_id TEXT NOT NULL,
  provider TEXT NOT NULL,
  model TEXT NOT NULL,
  status_code INTEGER NOT NULL,
  error_code INTEGER NOT NULL,
  cache_status TEXT NOT NULL,
  success INTEGER NOT NULL,
  UNIQUE (account_id, gateway_id, provider, model, status_code, error_code, cache_status, success)
) STRICT;

CREATE TABLE roll_up_gateways (
  gateway INTEGER PRIMARY KEY,
  account_id TEXT NOT NULL,
  gateway_id TEXT NOT NULL,
  UNIQUE (account_id, gateway_id)
) STRICT;

CREATE TABLE roll_up_attributes (
  attribute INTEGER PRIMARY KEY,
  account_id TEXT NOT NULL,
  name TEXT NOT NULL,
  seen BLOB NOT NULL,
  covered_until_ms INTEGER,
  UNIQUE (account_id, name)
) STRICT;

CREATE TABLE roll_up_tiers (
  tier TEXT PRIMARY KEY,
  kept_from INTEGER NOT NULL DEFAULT 0,
  -- Null for the finest tier, and before the first record.
  complete_until INTEGER
) STRICT, WITHOUT ROWID;
INSERT INTO roll_up_tiers (tier) VALUES ('minutes'), ('hours'), ('days');

CREATE TABLE roll_up_series_minutes (
  at INTEGER NOT NULL,
  series INTEGER NOT NULL,
  ${counters},
  ${sketches},
  PRIMARY KEY (at, series)
) STRICT, WITHOUT ROWID;
${["hours", "days"].map(ofTier).join("")}`,
};
