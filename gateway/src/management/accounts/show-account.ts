import type { z } from "zod";
import type { SettingsObject } from "../../core/settings-object.ts";
import type { accountSchema } from "./schemas.ts";

/** An account as the API shows it. */
export function showAccount({ id, value, createdAtMs }: SettingsObject): z.output<typeof accountSchema> {
  return {
    id,
    name: String(value["name"] ?? id),
    type: "standard",
    created_on: new Date(createdAtMs).toISOString(),
    settings: { enforce_twofactor: false },
  };
}
