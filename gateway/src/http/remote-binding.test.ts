import { expect, test } from "bun:test";
import { remoteBindingFields } from "./remote-binding.ts";

const url = "https://workers-binding.ai/run?version=3";

test("the Worker's fields come out of their prefix, with the URL where the older proxy has it", () => {
  const fields = ["host", "a", "mf-binding", "AI", "mf-header-cf-aig-skip-cache", "true", "mf-url", url];
  expect(remoteBindingFields(fields)).toEqual(["host", "a", "x-forwarded", url, "cf-aig-skip-cache", "true"]);
});

test("the Worker cannot replace what its runtime sent: credential, host, framing, the URL", () => {
  const own = ["host", "a", "content-length", "2", "authorization", "Bearer outer", "x-forwarded", "https://elsewhere"];
  const worker = ["authorization", "Bearer inner", "host", "b", "content-length", "9"];
  const prefixed = worker.map((text, index) => (index % 2 === 0 ? `mf-header-${text}` : text));
  expect(remoteBindingFields([...own, ...prefixed, "mf-url", url])).toEqual([...own.slice(0, 6), "x-forwarded", url]);
});

test("the Worker's own credential counts where the runtime sends none", () => {
  const fields = ["mf-url", url, "mf-header-authorization", "Bearer inner", "mf-header-", "nameless"];
  expect(remoteBindingFields(fields)).toEqual(["x-forwarded", url, "authorization", "Bearer inner"]);
});

test("other clients' fields are left alone", () => {
  expect(remoteBindingFields(["host", "a", "mf-header-x", "1"])).toBeNull();
});
