import { z } from "zod";
import { pageQuery } from "../list-page.ts";
import { queryBoolean, queryWord } from "../parse-query.ts";

const name = z
  .string()
  .regex(/^[A-Za-z0-9][\w.:@-]{0,254}$/, {
    error: "Expected 1 to 255 letters, digits and _ . : @ -, the first a letter or digit",
  })
  .meta({ examples: ["main"] });

const scope = z.enum(["ai_gateway", "workers", "dex", "access", "containers", "websearch"]);
const scopes = z
  .array(scope)
  .max(10)
  .meta({ description: "What may use it; provider keys need ai_gateway.", examples: [["ai_gateway"]] });
const comment = z.string().max(1000);

/** Longest secret; a key of a cloud's service account has some 2,500 characters. */
export const secretText = z
  .string()
  .min(1)
  .max(32_768)
  .meta({ description: "The secret itself. It is never answered.", examples: ["sk-…"] });

/** Where on this machine a secret is kept. */
export const secretReference = z
  .string()
  .regex(/^(?:env:[A-Za-z_][A-Za-z0-9_]{0,254}|file:\/.{1,1000})$/, {
    error: "Expected env:NAME or file: and an absolute path",
  })
  .meta({
    description: "In place of the secret: env:NAME or file:PATH of this machine. Asks for secrets.reference.",
    examples: ["env:PROVIDER_KEY"],
  });

/** Body of a new store (reference §18). */
export const storeBody = z.strictObject({ name });

/** Body of new secrets. */
export const secretsBody = z
  .array(
    z.strictObject({
      name,
      value: secretText.optional(),
      reference: secretReference.optional(),
      scopes,
      comment: comment.optional(),
    }),
    { error: "Expected a list of secrets" },
  )
  .min(1)
  .max(100)
  .meta({ examples: [[{ name: "provider-key", value: "sk-…", scopes: ["ai_gateway"] }]] });

/** Body of a change; what is left out stays. */
export const secretPatch = z.strictObject({
  value: secretText.optional(),
  reference: secretReference.optional(),
  scopes: scopes.optional(),
  comment: comment.optional(),
});

/** Body of a copy. */
export const duplicateBody = z.strictObject({ name, scopes, comment: comment.optional() });

/** Body of the deletion of several. */
export const bulkDeleteBody = z
  .array(z.looseObject({ id: z.string() }), { error: "Expected a list of objects with the id of a secret" })
  .min(1)
  .max(1000);

const direction = queryWord(["asc", "desc"]).default("asc");

/** Query of the stores. */
export const storesQuery = pageQuery.extend({
  order: queryWord(["name", "created", "modified"]).default("created"),
  direction,
});

/** Query of a store's deletion. */
export const storeDeletion = z.object({
  force: queryBoolean.default(false).meta({ description: "Also with secrets in it, which go with it." }),
});

/** Query of the secrets. */
export const secretsQuery = pageQuery.extend({
  search: z.string().max(256).optional().meta({ description: "Part of name or comment." }),
  scopes: z.array(scope).optional().meta({ description: "All of these; the name is repeated." }),
  order: queryWord(["name", "comment", "created", "modified", "status"]).default("created"),
  direction,
});

const times = { created: z.iso.datetime(), modified: z.iso.datetime() };

/** A store as it is answered. */
export const storeSchema = z
  .object({ id: z.string(), name: z.string(), account_id: z.string(), ...times })
  .meta({ id: "SecretsStore" });

/** A secret as it is answered: never its value. */
export const secretSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    store_id: z.string(),
    status: z.enum(["active", "deleted"]),
    scopes: z.array(scope),
    comment: z.string(),
    reference: z.string().optional().meta({ description: "Where on this machine it is kept; absent for sealed ones." }),
    ...times,
  })
  .meta({ id: "Secret" });

/** How many secrets there are and may be. */
export const quotaSchema = z.object({ secrets: z.object({ quota: z.int(), usage: z.int() }) });
