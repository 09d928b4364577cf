import { expect, test } from "bun:test";
import type { GatewayConfig } from "../core/gateway-settings.ts";
import { parseConfig } from "../config/load-config.ts";
import { restoreConfig } from "./ipc-messages.ts";

test("a configuration that crossed the channel is what it was, without prototypes to find names in", () => {
  const text = `
accounts: { main: { gateways: { prod: { retry_delay: 200 } } } }
providers: { openai: { base_url: "http://127.0.0.1:9000/v1" } }
`;
  const { config } = parseConfig(text, {}, { providerSlugs: ["openai"], workingDirectory: "/", coreCount: 2 });
  const restored = restoreConfig(structuredClone(config) as GatewayConfig);
  expect(JSON.stringify(restored)).toBe(JSON.stringify(config));
  for (const entries of [restored.accounts, restored.providers, restored.accounts["main"]?.gateways]) {
    expect(entries?.["constructor"]).toBeUndefined();
    expect(Object.getPrototypeOf(entries)).toBeNull();
  }
});
