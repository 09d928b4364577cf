import { runHeadgate } from "../../src/cli/run-headgate.ts";

// A gateway whose workers die while they start.
await runHeadgate({ loadStartProxy: () => process.exit(3), dashboard: new Map(), documentation: new Map() });
