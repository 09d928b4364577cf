import { expect, test } from "bun:test";
import { parseRequestHead } from "../http1/parse-request-head.ts";
import { readRemoteBinding } from "./remote-binding.ts";

const url = "https://workers-binding.ai/run?version=3";

function read(fields: readonly string[], query = "") {
  const lines = fields.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${fields[index + 1]}`] : []));
  return readRemoteBinding(parseRequestHead([`GET /proxy${query} HTTP/1.1`, "host: a", ...lines].join("\r\n")));
}

test("the Worker's fields come out of their prefix, with the URL where the older proxy has it", () => {
  const fields = ["mf-binding", "AI", "mf-header-cf-aig-skip-cache", "true", "mf-url", url];
  expect(read(fields)?.headers).toEqual(["host", "a", "x-forwarded", url, "cf-aig-skip-cache", "true"]);
});

test("the Worker cannot replace what its runtime sent: credential, host, the URL", () => {
  const own = ["authorization", "Bearer outer", "x-forwarded", "https://elsewhere"];
  const worker = ["mf-header-authorization", "Bearer inner", "mf-header-host", "b"];
  const told = read([...own, ...worker, "mf-url", url]);
  expect(told?.headers).toEqual(["host", "a", "authorization", "Bearer outer", "x-forwarded", url]);
});

test("the Worker's own credential counts where the runtime sends none", () => {
  const fields = ["mf-url", url, "mf-header-authorization", "Bearer inner"];
  expect(read(fields)?.headers).toEqual(["host", "a", "x-forwarded", url, "authorization", "Bearer inner"]);
});

test("the token is the query's, where it is one that a field can carry", () => {
  const tokens = ["?token=hg_1", "?MF-Binding=AI&token=a%2Fb", "", "?other=1", "?token=a%0d%0ab", "?token=%C3%A9"];
  expect(tokens.map((query) => read(["mf-url", url], query)?.token)).toEqual(["hg_1", "a/b", null, null, null, null]);
});

test("other clients' fields are left alone", () => {
  expect(read(["mf-header-x", "1"], "?token=hg_1")).toBeNull();
});
