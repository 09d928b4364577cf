#!/usr/bin/env bun
import { runHeadgate } from "./cli/run-headgate.ts";

await runHeadgate(async () => (await import("./http/start-proxy.ts")).startProxy);
