import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { fillTemplate, readTemplate, type UsageEventTemplate } from "./usage-event-template.ts";

const read = (text: string): UsageEventTemplate => {
  const template = readTemplate(text);
  if (typeof template === "string") throw new Error(template);
  return template;
};
const whole =
  '{"event_name":"$metadata_event","payload":{"stripe_customer_id":"$metadata_customerId","value":"$input_tokens"}}';

describe("a template", () => {
  test("takes variables quoted and bare, numbers, and ignores when and which the author says it was", () => {
    const text = `{
      "event_name": "tokens", "timestamp": "{{timestamp}}", "identifier": "mine",
      "payload": { "stripe_customer_id": "$metadata_customerId", "value": $input_tokens, "weight": 2, "label": "a \\"$\\" \\u00fc $model" }
    }`;
    expect(read(text)).toEqual({
      name: "tokens",
      payload: {
        stripe_customer_id: "$metadata_customerId",
        value: "$input_tokens",
        weight: "2",
        label: 'a "$" ü $model',
      },
    });
    expect(read(text.replace('"{{timestamp}}"', "{{timestamp}}"))).toEqual(read(text));
  });

  test.each([
    ["$cost", "expected a JSON object with event_name and payload"],
    ["", "expected a JSON object with event_name and payload"],
    ["[1]", "expected a JSON object with event_name and payload"],
    ['{"payload":{"value":"1"}}', "expected event_name to be a text"],
    ['{"event_name":"","payload":{"value":"1"}}', "expected event_name to be a text"],
    ['{"event_name":"e"}', "expected payload to be an object"],
    ['{"event_name":"e","payload":{}}', "expected 1 to 50 members in payload"],
    ['{"event_name":"e","payload":{"value":null}}', "expected payload.value to be a text or a number"],
    [
      '{"event_name":"e","properties":{},"payload":{"value":"1"}}',
      'unknown member "properties", expected event_name and payload',
    ],
    ['{"event_name":"e","payload":{"value":"$tokens"}}', "unknown variable $tokens, expected $cost,"],
    ['{"event_name":"e","payload":{"value":"$metadata_"}}', "unknown variable $metadata_, expected $cost,"],
  ])("%s is refused", (text, fault) => {
    expect(readTemplate(text)).toStartWith(fault);
  });

  test("tells what is missing in place of an event", () => {
    const values: Record<string, string> = { metadata_event: "e", input_tokens: "3" };
    expect(fillTemplate(read(whole), (name) => values[name] ?? null)).toEqual({ missing: "metadata_customerId" });
    expect(fillTemplate(read(whole), (name) => values[name] ?? "")).toEqual({ missing: "metadata_customerId" });
  });

  test("values stay values, whatever a client sends", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1, unit: "binary" }), (event, customer) => {
        const values: Record<string, string> = {
          metadata_event: event,
          metadata_customerId: customer,
          input_tokens: "7",
        };
        expect(fillTemplate(read(whole), (name) => values[name] ?? null)).toEqual({
          name: event,
          payload: { stripe_customer_id: customer, value: "7" },
        });
      }),
    );
    const greedy = '","value":"0$input_tokens&payload[value]=0';
    const filled = fillTemplate(read(whole), (name) => (name === "input_tokens" ? "7" : greedy));
    expect(filled).toEqual({ name: greedy, payload: { stripe_customer_id: greedy, value: "7" } });
  });
});
