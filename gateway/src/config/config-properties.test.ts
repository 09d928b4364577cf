import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { ConfigError } from "./config-error.ts";
import { parseConfig } from "./load-config.ts";

const words = [
  "accounts",
  "providers",
  "timeouts",
  "limits",
  "journal",
  "gateways",
  "default",
  "openai",
  "base_url",
  "idle_ms",
  "segment_bytes",
  "retry_delay",
  "__proto__",
  "constructor",
  "a: b",
  "{",
  "[",
  "]",
  "}",
  ": ",
  ",",
  "\n",
  "\n  ",
  "\t",
  "- ",
  "&a ",
  "*a",
  "!!binary ",
  "!x ",
  "%TAG ! x\n",
  "---\n",
  "|\n",
  '"',
  "'",
  "#",
  "? ",
  "<<: ",
  "5",
  "-1",
  "null",
  "~",
  "\0",
];

describe("properties", () => {
  const word = fc.constantFrom(...words);
  const soup = fc.array(word, { maxLength: 40 }).map((chosen) => chosen.join(""));
  const onlyConfigError = (text: string) => {
    try {
      parseConfig(text, {}, { providerSlugs: ["openai"], workingDirectory: "/srv", coreCount: 1 });
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError);
    }
  };

  test("no text makes anything but a configuration or a ConfigError", () => {
    fc.assert(fc.property(fc.oneof(soup, fc.string({ unit: "binary" })), onlyConfigError), { numRuns: 1000 });
  });

  test("nor does any data, well-formed as YAML, under known keys", () => {
    const data = fc.dictionary(fc.oneof(word, fc.string()), fc.jsonValue());
    const nested = fc.oneof(
      fc.jsonValue(),
      data,
      fc.record({ default: fc.oneof(data, fc.record({ gateways: fc.jsonValue() })) }),
    );
    const keys = ["accounts", "providers", "timeouts", "limits", "streams", "journal"];
    const files = fc.dictionary(fc.constantFrom(...keys), nested, { maxKeys: 6 });
    fc.assert(
      fc.property(files, (file) => onlyConfigError(JSON.stringify(file))),
      { numRuns: 500 },
    );
  });
});
