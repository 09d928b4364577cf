import { runHeadgate } from "../../src/cli/run-headgate.ts";

// A gateway whose workers die while they start.
await runHeadgate(() => process.exit(3));
