import { expect, test } from "bun:test";
import { browserOf } from "./session-table.tsx";

test("browsers are called what people call them", () => {
  const chrome =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
  expect(browserOf(chrome)).toBe("Chrome on Windows");
  expect(browserOf(`${chrome} Edg/140.0.0.0`)).toBe("Edge on Windows");
  expect(
    browserOf(
      "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Mobile/15E148 Safari/604.1",
    ),
  ).toBe("Safari on iPhone");
  expect(browserOf("curl/8.14")).toBe("curl/8.14");
  expect(browserOf(null)).toBe("unknown");
});
