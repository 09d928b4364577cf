import { expect, test } from "bun:test";
import { parseConfig } from "../config/load-config.ts";
import { firstUsePanel } from "./first-use-panel.ts";

function panel(environment: Record<string, string>, isStyled = false, firstToken: string | null = null): string {
  return panelOf(null, environment, { isStyled, firstToken });
}

function panelOf(
  yaml: string | null,
  environment: Record<string, string>,
  { isStyled = false, firstToken = null }: { isStyled?: boolean; firstToken?: string | null } = {},
): string {
  const { config, sources } = parseConfig(yaml, environment, {
    providerSlugs: ["openai"],
    workingDirectory: "/srv/it's here",
    coreCount: 2,
  });
  return firstUsePanel(config, { version: "1.2.3", sources, command: "npx headgate", isStyled, firstToken });
}

test("names address, call, data, configuration and how to watch", () => {
  const text = panel({});
  expect(text).toContain("Headgate 1.2.3 serves on http://127.0.0.1:8787 (2 workers)");
  expect(text).toContain("curl http://127.0.0.1:8787/v1/default/default/openai/chat/completions");
  expect(text).toContain("$OPENAI_API_KEY");
  expect(text).toContain("Watch      npx headgate tail");
  expect(text).toContain("Dashboard  http://127.0.0.1:8787/");
  expect(text).toContain("Data       /srv/it's here/data");
  expect(text).toContain("Config     defaults");
  expect(text).not.toContain("\u001B");
  expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(120);
});

test("gives an address that can be called, and a watch command that finds the data from another shell", () => {
  const text = panel({ HOST: "0.0.0.0", PORT: "9000", HEADGATE_DATA: "kept", HEADGATE_WORKERS: "0" });
  expect(text).toContain("serves on http://127.0.0.1:9000 (one process)");
  expect(text).toContain(String.raw`HEADGATE_DATA='/srv/it'\''s here/kept' npx headgate tail`);
  expect(panel({ HOST: "::1" })).toContain("http://[::1]:8787");
});

test("shows the token that the first start made", () => {
  expect(panel({}, false, "hg_text")).toContain(
    "Token      hg_text\n             may do everything; keep it, it is shown this once\n",
  );
  expect(panel({}, false, "hg_text")).toContain("Dashboard  http://127.0.0.1:8787/ui/sign-in#token=hg_text\n");
  expect(panel({})).not.toContain("Token");
  expect(panel({})).not.toContain("#token");
});

test("is styled on request only", () => {
  expect(panel({}, true)).toContain("\u001B[1m");
});

test("names the provider where it really is", () => {
  expect(panel({})).toContain("It answers what api.openai.com answers");
  const moved = panelOf('providers: { openai: { base_url: "http://127.0.0.1:9000/v1" } }', {});
  expect(moved).toContain("It answers what 127.0.0.1:9000 answers");
  expect(moved).not.toContain("api.openai.com");
});
