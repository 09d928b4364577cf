import { createHash } from "node:crypto";
import { z } from "zod";
import { defineRoute } from "../define-route.ts";
import { success } from "../envelope.ts";
import { requireAccount } from "../find-settings.ts";
import { pageOf, pageQuery } from "../list-page.ts";
import type { SettingsModel } from "../../settings/settings-model.ts";
import { accountParams } from "../path-parameters.ts";
import type { Route } from "../route.ts";
import type { CatalogueModel } from "./catalogue-model.ts";
import { modelTasks, taskOf } from "./model-task.ts";

const basePath = "/client/v4/accounts/:accountId/ai";
/** Longest text that is searched for. */
const MAX_WORD = 128;

const word = (description: string) => z.string().max(MAX_WORD).optional().meta({ description });
const task = z.object({ id: z.string(), name: z.string(), description: z.string() });
const modelSchema = z
  .looseObject({
    id: z.string(),
    source: z.number(),
    name: z.string(),
    description: z.string(),
    task,
    tags: z.array(z.string()),
    properties: z.array(z.looseObject({ property_id: z.string() })),
  })
  .meta({ id: "Model" });
const authorSchema = z.looseObject({ id: z.string(), name: z.string() });

const common = { method: "GET", permission: "models.run", tag: "Models", params: accountParams } as const;

/** What the lists of models are made of. */
export interface ModelRoutesOptions {
  /** Asked anew for each answer. */
  readonly models: () => readonly CatalogueModel[];
  readonly settings: () => SettingsModel;
}

/**
 * The lists of models (reference §16.1), for `ai.models.list` of the product's SDK, `wrangler ai models` and `env.AI.models`: every
 * model with a price that the REST address takes.
 */
export function modelRoutes({ models, settings }: ModelRoutesOptions): Route[] {
  /** @throws ManagementError 404 code 7002 when there is no such account. */
  const modelsFor = (accountId: string): readonly CatalogueModel[] => {
    requireAccount(settings(), accountId);
    return models();
  };
  return [
    defineRoute({
      ...common,
      path: `${basePath}/models/search`,
      summary: "List models",
      description: "Models of the price list under the names by which the REST address takes them.",
      query: pageQuery.extend({
        search: word("Part of the name."),
        author: word("Who made it."),
        task: word("Name of a task, as `tasks/search` has it."),
      }),
      answer: { kind: "page", item: modelSchema },
      handle: ({ params, query }) => pageOf(modelsFor(params.accountId).filter(fits(query)).map(showModel), query),
    }),
    defineRoute({
      ...common,
      path: `${basePath}/authors/search`,
      summary: "List authors of models",
      answer: { kind: "result", schema: z.array(authorSchema) },
      handle({ params }) {
        const authors = new Set(modelsFor(params.accountId).map(({ author }) => author));
        return success([...authors].map((name) => ({ id: name, name })));
      },
    }),
    defineRoute({
      ...common,
      path: `${basePath}/tasks/search`,
      summary: "List tasks of models",
      answer: { kind: "result", schema: z.array(task) },
      handle({ params }) {
        requireAccount(settings(), params.accountId);
        return success(modelTasks);
      },
    }),
  ];
}

function fits(query: {
  readonly search?: string | undefined;
  readonly author?: string | undefined;
  readonly task?: string | undefined;
}): (model: CatalogueModel) => boolean {
  const search = query.search?.toLowerCase() ?? "";
  return ({ name, author }) =>
    name.toLowerCase().includes(search) &&
    (query.author === undefined || author.toLowerCase() === query.author.toLowerCase()) &&
    (query.task === undefined || taskOf(name).name.toLowerCase() === query.task.toLowerCase());
}

/** A model as the product's list has it (reference §16.1). */
function showModel({ name, inputPerMillion, outputPerMillion }: CatalogueModel): z.output<typeof modelSchema> {
  const prices = [
    { unit: "per M input tokens", price: inputPerMillion, currency: "USD" },
    { unit: "per M output tokens", price: outputPerMillion, currency: "USD" },
  ].filter(({ price }) => price !== null);
  return {
    id: idOf(name),
    source: name.startsWith("@") ? 1 : 2,
    name,
    description: taskOf(name).description,
    task: taskOf(name),
    tags: [],
    properties: prices.length === 0 ? [] : [{ property_id: "price", value: prices }],
  };
}

/** An id in the form clients expect, the same for a name at all times. */
function idOf(name: string): string {
  const hex = createHash("sha256").update(name).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");
}
