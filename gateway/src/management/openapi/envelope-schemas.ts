import { z } from "zod";

/** A refusal in the envelope (reference §14.0). */
export const failureSchema = z
  .object({
    success: z.literal(false),
    errors: z.array(
      z.object({
        code: z
          .int()
          .meta({ description: "7001 for a value that is not what was asked for, 7002 for what there is not." }),
        message: z.string().meta({ description: "What was expected, and what came." }),
        path: z
          .array(z.string())
          .optional()
          .meta({ description: "Where the fault lies, from the outside in.", examples: [["body", "cache_ttl"]] }),
      }),
    ),
    messages: z.array(z.unknown()),
    result: z.null(),
  })
  .meta({ id: "Failure", description: "A refusal." });

/** What a page of a list says of itself; some lists say more. */
export const resultInfoSchema = z
  .looseObject({
    count: z.int().meta({ description: "Elements in this answer." }),
    page: z.int().meta({ description: "Number of this page, from 1 on." }),
    per_page: z.int().meta({ description: "Most elements of a page." }),
    total_count: z.int().meta({ description: "Elements on all pages." }),
  })
  .meta({ id: "ResultInfo", description: "Where in the list this page stands." });
