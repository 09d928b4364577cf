import { z } from "zod";

const name = z.string().min(1).max(256);
const names = z.array(name).max(100);

const hazards = ["S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8", "S9", "S10", "S11", "S12", "S13", "P1"] as const;
const hazardActions = z.strictObject(
  Object.fromEntries(hazards.map((code) => [code, z.enum(["FLAG", "BLOCK"]).optional()])) as Record<
    (typeof hazards)[number],
    z.ZodOptional<z.ZodEnum<{ FLAG: "FLAG"; BLOCK: "BLOCK" }>>
  >,
);

/** `guardrails` of a gateway (reference §12.1). */
export const guardrailsField = z
  .strictObject({ prompt: hazardActions, response: hazardActions })
  .nullable()
  .meta({ description: "What is done about hazards, by their code." });

const action = z.enum(["BLOCK", "FLAG"]);

/** `dlp` of a gateway in either of its forms (reference §12.5). */
export const dlpField = z
  .union([
    z.strictObject({
      enabled: z.boolean(),
      policies: z
        .array(
          z.strictObject({
            id: name,
            enabled: z.boolean(),
            action,
            check: z.array(z.enum(["REQUEST", "RESPONSE"])).max(2),
            profiles: names,
          }),
        )
        .max(100),
    }),
    z.strictObject({ enabled: z.boolean(), action, profiles: names }),
  ])
  .nullable()
  .meta({ description: "What is done about confidential data: policies, or one action for some profiles." });
