import { freePort, launch } from "./target.ts";
import type { Target } from "./target.ts";

/** An empty `Bun.serve` that answers about 1 KB at once: what a process pays that does nothing but HTTP. */
export const bunServeTarget: Target = {
  name: "bun-serve",
  prepare: async () => null,
  start: async (context) => {
    const port = freePort();
    const program = `Bun.serve({ hostname: "127.0.0.1", port: ${port}, fetch: () => new Response("x".repeat(${ANSWER_BYTES}), { headers: { "content-type": "application/json" } }) })`;
    return launch(context, {
      name: "bun-serve",
      port,
      path: "/v1/chat/completions",
      headers: {},
      dataDirectory: null,
      process: {
        command: [process.execPath, "--no-install", "--no-env-file", "-e", program],
        folder: context.folder,
        environment: {},
        cores: context.cores.proxy,
      },
    });
  },
};

/** As long as the upstream's answer. */
const ANSWER_BYTES = 1000;
