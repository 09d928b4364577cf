import { z } from "zod";

/** A mapping whose keys may all be left out; the key with nothing behind it, as when every line below is commented out, counts as empty. */
export function section<Shape extends z.ZodRawShape>(description: string, shape: Shape) {
  const object = z.strictObject(shape);
  return object
    .nullable()
    .transform((value): z.output<typeof object> => value ?? object.parse({}))
    .prefault({} as z.input<typeof object>)
    .meta({ description });
}
