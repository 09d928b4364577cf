import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withReadmeFigures } from "./readme-figures.ts";

// Run after a change of bench/RESULTS.md: bun bench/write-readme.ts
const readmePath = join(import.meta.dir, "../README.md");
const report = readFileSync(join(import.meta.dir, "RESULTS.md"), "utf8");
writeFileSync(readmePath, withReadmeFigures(readFileSync(readmePath, "utf8"), report));
