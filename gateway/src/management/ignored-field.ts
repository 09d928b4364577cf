import { z } from "zod";

/** A member of a body that answers tell and nobody can set, so that what was read can be written back. */
export const ignoredField = z.unknown().optional().meta({ description: "Taken and ignored." });
