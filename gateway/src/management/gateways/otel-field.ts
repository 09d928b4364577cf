import { z } from "zod";

const exporter = z.strictObject({
  url: z.string().min(1).max(2000).meta({ description: "Where spans are posted, used as it is." }),
  headers: z.record(z.string().min(1).max(256), z.string().max(4096)).default({}),
  authorization: z
    .string()
    .max(1000)
    .optional()
    .meta({ description: "Reference of a secret sent as authorization: env:NAME or file:PATH." }),
  content_type: z.enum(["json", "protobuf"]).optional(),
});

/** `otel` of a gateway (reference §13.1); an empty list is none. */
export const otelField = z
  .array(exporter)
  .max(10)
  .nullable()
  .transform((exporters) => (exporters === null || exporters.length === 0 ? null : exporters))
  .meta({ description: "Collectors that get a span of each request." });
