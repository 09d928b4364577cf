import packageDescription from "../../package.json" with { type: "json" };

/** Version of this gateway. */
export const version: string = packageDescription.version;
