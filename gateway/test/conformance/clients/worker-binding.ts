import { Miniflare } from "miniflare";

/** A Worker in workerd whose `env.AI` is the runtime's own binding, with a gateway behind it. */
export interface BoundWorker extends AsyncDisposable {
  /** Runs a program in the Worker; answers what it returns, through JSON, or `{ threw }`. */
  evaluate(program: string): Promise<unknown>;
}

/** An error as it comes out of the Worker. */
interface WorkerError {
  readonly name: string;
  readonly message: string;
}

/**
 * Starts one whose binding calls `proxyUrl`, as Miniflare's remote bindings do: `…/client/v4/accounts/{account}/ai/run/proxy`.
 * @param programs insides of async functions of `env`, by name; Workers may not evaluate text that comes later.
 */
export function startBoundWorker(proxyUrl: string, programs: Readonly<Record<string, string>>): Promise<BoundWorker> {
  const functions = Object.entries(programs).map(([name, body]) => `${JSON.stringify(name)}: async (env) => {${body}}`);
  const script = `
    const programs = {${functions.join(",\n")}};
    export default {
      async fetch(request, env) {
        const program = programs[await request.text()];
        try {
          return Response.json({ value: await program(env) });
        } catch (error) {
          return Response.json({ error: { name: error.name, message: error.message } });
        }
      },
    };`;
  return startWorkerScript(proxyUrl, script);
}

/**
 * The same for a module that takes the name of a program as the body of a request, and answers `{ value }` or `{ error }`.
 * @param script text of the module, with everything it imports inside.
 */
export async function startWorkerScript(proxyUrl: string, script: string): Promise<BoundWorker> {
  const runtime = new Miniflare({
    modules: true,
    compatibilityDate: "2026-07-01",
    script,
    ai: { binding: "AI", remoteProxyConnectionString: new URL(proxyUrl) as never },
  });
  await runtime.ready;
  return {
    async evaluate(name) {
      const answer = await runtime.dispatchFetch("http://worker.invalid/", { method: "POST", body: name });
      const told = (await answer.json()) as { readonly value?: unknown; readonly error?: WorkerError };
      if (told.error !== undefined) return { threw: told.error };
      return told.value;
    },
    [Symbol.asyncDispose]: () => runtime.dispose(),
  };
}
