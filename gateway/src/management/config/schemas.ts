import { z } from "zod";
import { queryInteger } from "../parse-query.ts";

const version = z.int().min(0).meta({ description: "Number of a version." });

/** Query of the list of versions. */
export const versionsQuery = z.object({
  limit: queryInteger({ min: 1, max: 100 }).default(20).meta({ description: "Most versions to tell." }),
  before: queryInteger({ min: 1, max: Number.MAX_SAFE_INTEGER })
    .optional()
    .meta({ description: "Only versions older than this one; for the next page." }),
});

/** Query of the export. */
export const exportQuery = z.object({
  account: z
    .string()
    .optional()
    .meta({ description: "The account to tell of; all that the caller may read when absent." }),
});

/** Body of a difference or an application. */
export const documentBody = z.strictObject(
  {
    document: z
      .string({ error: "Expected the text of a configuration file" })
      .max(1_000_000, { error: "Expected at most 1,000,000 characters" })
      .meta({ description: "YAML or JSON in the form of the configuration file, with `accounts` alone." }),
    prune: z
      .boolean({ error: "Expected true or false" })
      .default(false)
      .meta({ description: "Whether gateways and custom providers that its accounts have and it does not name go." }),
  },
  { error: "Expected a JSON object with document" },
);

/** Body of a roll-back. */
export const rollbackBody = z.strictObject(
  {
    version: version.meta({ description: "Number of the version to go back to; 0 for before everything." }),
    dry_run: z
      .boolean({ error: "Expected true or false" })
      .default(false)
      .meta({ description: "Whether the changes are told alone, and not made." }),
  },
  { error: "Expected a JSON object with version" },
);

const change = z.object({
  path: z.string().meta({ description: "Where, from the account on." }),
  before: z.unknown().optional().meta({ description: "Absent when there was nothing." }),
  after: z.unknown().optional().meta({ description: "Absent when there is nothing any more." }),
});

/** What a roll-back or an application does. */
export const changesSchema = z.object({
  version: version.meta({ description: "Number of the version after it." }),
  changes: z.array(change),
});

/** One version. */
export const versionSchema = z.object({
  version,
  created_at: z.iso.datetime(),
  actor: z.object({
    type: z.enum(["token", "user", "local", "file", "system"]),
    id: z.string(),
    email: z.string().nullable(),
  }),
  source: z.enum(["store", "file"]).meta({ description: "Whether the API or the configuration file was changed." }),
  changes: z.array(change),
});
