import { z } from "zod";
import { integer } from "./integer.ts";
import { section } from "./section.ts";

const encoderEndpoint = z
  .strictObject({
    url: z
      .url({ protocol: /^https?$/ })
      .meta({ description: "Takes `model` and `input` in a POST and answers `data[0].embedding`." }),
    model: z.string().min(1).max(256).meta({ description: "Name of the model that makes the vectors." }),
    key: z
      .string()
      .regex(/^(?:env|file):./)
      .nullable()
      .default(null)
      .meta({ description: "Reference of the key, sent as bearer: `env:NAME` or `file:PATH`; null for none." }),
  })
  .meta({ title: "encoder endpoint", description: "An endpoint that makes vectors of texts." });

const semanticObject = section(
  "How questions are compared where a gateway or a request asks for it; see the guide on cached answers.",
  {
    encoder: z.enum(["packaged", "module", "endpoint", "none"]).default("packaged").meta({
      description:
        "What makes vectors of questions: the model in the package (English, loaded when it is first used), `module` or `endpoint` as named here, or nothing, which turns it off for all.",
    }),
    module: z.string().min(1).max(4096).nullable().default(null).meta({
      description: "Path of a JavaScript module whose default export makes the encoder.",
    }),
    endpoint: encoderEndpoint.nullable().default(null).meta({ description: "Endpoint of the encoder." }),
    guards: z.enum(["strict", "basic"]).default("strict").meta({
      description:
        "What has to be the same besides: every word but synonyms, order and kind of question (`strict`), or only numbers, names, negation, contraries, quotations, language and length (`basic`).",
    }),
    timeout_ms: integer("How long a request waits for a question alike before it goes to the provider.", {
      min: 10,
      max: 10_000,
      default: 250,
    }),
    max_entries: integer("Questions that are remembered, in the memory of the control process and on the disk.", {
      min: 1,
      max: 200_000,
      default: 10_000,
    }),
    max_waiting: integer("Questions that may wait for the encoder; more are not compared.", {
      min: 1,
      max: 1000,
      default: 32,
    }),
  },
);

/** The part of the file about comparing questions. */
export const semanticSchema = semanticObject.superRefine(({ encoder, module, endpoint }, context) => {
  if (encoder === "module" && module === null)
    context.addIssue({ code: "custom", path: ["module"], message: "expected a path, because `encoder` is module" });
  if (encoder === "endpoint" && endpoint === null)
    context.addIssue({ code: "custom", path: ["endpoint"], message: "expected one, because `encoder` is endpoint" });
});
