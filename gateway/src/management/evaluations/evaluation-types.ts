import { z } from "zod";

/** What a dataset can be judged by, as it is answered (reference §14.3). */
export const evaluationTypeSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    type: z.string(),
    description: z.string(),
    enable: z.boolean(),
    mandatory: z.boolean(),
    created_at: z.iso.datetime(),
    modified_at: z.iso.datetime(),
  })
  .meta({ id: "EvaluationType" });

/** They came with the first version that tells of them. */
const times = { created_at: "2026-11-22T00:00:00.000Z", modified_at: "2026-11-22T00:00:00.000Z" };

/** The three evaluators of the product (reference §13.2); nobody adds to them. */
export const evaluationTypes: readonly z.output<typeof evaluationTypeSchema>[] = [
  evaluationType("cost", "Cost", "What the requests cost."),
  evaluationType("speed", "Speed", "How long the requests took."),
  evaluationType("feedback", "Human feedback", "The share of requests that people gave a thumb up."),
];

function evaluationType(id: string, name: string, description: string): z.output<typeof evaluationTypeSchema> {
  return { id, name, type: id, description, enable: true, mandatory: true, ...times };
}
