import { readFileSync, writeFileSync } from "node:fs";
import { buildJsonSchema } from "./json-schema.ts";
import { withReferenceTables } from "./reference-tables.ts";

// Run after a change of the schema: bun gateway/src/config/write-json-schema.ts
const reference = new URL("../../../docs/reference/", import.meta.url);
const schemaFile = new URL("headgate.schema.json", reference);
const pageFile = new URL("configuration.md", reference);

writeFileSync(schemaFile, `${JSON.stringify(buildJsonSchema(), null, 2)}\n`);
writeFileSync(pageFile, withReferenceTables(readFileSync(pageFile, "utf8")));
