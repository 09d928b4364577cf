import { requestOnce } from "./raw-client.ts";
import type { RawResponse } from "./raw-response.ts";
import { hasHead, startScriptedUpstream } from "./scripted-upstream.ts";
import type { ScriptedConnection, ScriptedUpstream } from "./scripted-upstream.ts";
import { startGateway } from "./start-gateway.ts";
import type { GatewayOptions, StartedGateway } from "./start-gateway.ts";

/** Gateways and misbehaving providers of one test, stopped together. */
export interface FaultTrial {
  /** A gateway with short time-outs whose provider `openai` is at `baseUrl`. */
  gatewayTo(baseUrl: string, options?: GatewayOptions): Promise<StartedGateway>;
  /** An upstream that does `data` whenever bytes came. */
  upstream(data: (connection: ScriptedConnection) => void): ScriptedUpstream;
  /** URL of an upstream that answers every request head with these bytes, then closes, resets or stays. */
  answering(bytes: string, after?: "close" | "reset" | "stay"): string;
  /** Has `part` stopped with the rest. */
  add(part: { stop(): void | Promise<void> }): void;
  stop(): Promise<void>;
}

const timeouts = { connect_ms: 250, first_byte_ms: 250, idle_ms: 250 };

/** A trial without anything in it. */
export function openFaultTrial(): FaultTrial {
  let parts: { stop(): void | Promise<void> }[] = [];
  return {
    async gatewayTo(baseUrl, options = {}) {
      const providers = { openai: { base_url: `${baseUrl}/v1`, dialect: null } };
      const gateway = await startGateway({ providers, timeouts, ...options });
      parts.push(gateway);
      return gateway;
    },
    upstream(data) {
      const upstream = startScriptedUpstream({ data });
      parts.push({ stop: () => upstream[Symbol.dispose]() });
      return upstream;
    },
    answering(bytes, after = "stay") {
      return this.upstream((connection) => {
        if (!hasHead(connection)) return;
        connection.received = "";
        connection.write(bytes);
        if (after === "close") connection.close();
        // The bytes must be on their way before the reset throws away what is not.
        if (after === "reset") setTimeout(() => connection.reset(), 30);
      }).url;
    },
    add: (part) => void parts.push(part),
    async stop() {
      for (const part of parts.toReversed()) await part.stop();
      parts = [];
    },
  };
}

/** One small request to the provider `openai`, and its whole answer. */
export function askOpenai(gateway: StartedGateway, lines: readonly string[] = []): Promise<RawResponse> {
  return requestOnce(gateway.port, {
    method: "POST",
    target: "/v1/default/default/openai/chat/completions",
    headerLines: ["host: a", "content-type: application/json", ...lines],
    body: Buffer.from('{"model":"m"}'),
  });
}
