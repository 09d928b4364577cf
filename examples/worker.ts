// A Worker under Miniflare whose env.AI is Headgate. Needs OPENAI_API_KEY; HEADGATE_URL where the gateway is elsewhere.
import { env } from "node:process";
import { Miniflare } from "miniflare";

const headgate = env["HEADGATE_URL"] ?? "http://127.0.0.1:8787";

// The Worker, as it would be deployed.
const script = `
  export default {
    async fetch(request, env) {
      const messages = [{ role: "user", content: await request.text() }];
      const answer = await env.AI.gateway("default").run({
        provider: "openai",
        endpoint: "chat/completions",
        headers: { authorization: "Bearer " + env.OPENAI_API_KEY, "content-type": "application/json" },
        query: { model: "gpt-4o-mini", messages },
      });
      const { choices } = await answer.json();
      return new Response(choices[0].message.content);
    },
  };`;

const runtime = new Miniflare({
  modules: true,
  script,
  compatibilityDate: "2026-07-01",
  bindings: { OPENAI_API_KEY: `${env["OPENAI_API_KEY"]}` },
  ai: {
    binding: "AI",
    remoteProxyConnectionString: new URL(`${headgate}/client/v4/accounts/default/ai/run/proxy`) as never,
  },
});
const answer = await runtime.dispatchFetch("http://worker.invalid/", { method: "POST", body: "Name a river." });
console.log(await answer.text());
await runtime.dispose();
