import { z } from "zod";
import { readTemplate } from "./usage-event-template.ts";

/** A key given as it is would lie in the settings in clear. */
const plainKey = /^(?:Bearer\s|[rs]k_(?:live|test)_)/i;

/** The field as the API and the configuration file take it. */
export const usageBillingSchema = z
  .strictObject({
    authorization: z
      .string()
      .min(1)
      .max(1000)
      .refine((value) => !plainKey.test(value), {
        error: "expected env:NAME, file:PATH or the name of a secret, not the key itself",
      })
      .meta({
        description:
          "Reference of the key: `env:NAME`, `file:PATH`, or the name of a secret in the account's Secrets Store.",
      }),
    usage_events: z
      .array(
        z.strictObject({
          payload: z
            .string()
            .max(10_000)
            .superRefine((text, context) => {
              const template = readTemplate(text);
              if (typeof template === "string") context.addIssue({ code: "custom", message: template });
            })
            .meta({
              description:
                "JSON with `event_name` and `payload`, in which `$cost`, `$input_tokens`, `$metadata_customerId` and others stand for what a request used.",
            }),
        }),
      )
      .max(10)
      .meta({ description: "Events sent for each answered request." }),
  })
  .nullable()
  .meta({ description: "Usage that is told to a billing service; see the guide on billing." });
