import { z } from "zod";
import { section } from "./section.ts";

const webhook = z
  .strictObject({
    url: z.url({ protocol: /^https?$/ }).meta({ description: "Endpoint that takes an event in a POST." }),
    secret: z
      .string()
      .regex(/^(?:env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$/, { error: "expected a reference, env:NAME or file:PATH" })
      .meta({ description: "Reference of the secret that it is signed with: `env:NAME` or `file:PATH`." }),
  })
  .meta({ title: "alert webhook", description: "An endpoint that is told of events." });

/** `alerts` of the file. */
export const alertsSchema = section("Who is told when spending passes a threshold of a budget.", {
  webhook: webhook.nullable().default(null).meta({ description: "Where events are posted, signed; null for nowhere." }),
});
