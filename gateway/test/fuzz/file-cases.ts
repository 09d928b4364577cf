import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { importFile, type ImportKind } from "../../src/cli/import/import-file.ts";
import { parseSource } from "../../src/cli/import/import-source.ts";
import { reportText } from "../../src/cli/import/report-text.ts";
import { ConfigError } from "../../src/config/config-error.ts";
import { parseConfig } from "../../src/config/load-config.ts";
import { systemClock } from "../../src/core/clock.ts";
import { defaultGatewaySettings } from "../../src/core/gateway-settings.ts";
import { segmentMagic } from "../../src/journal/segment-format.ts";
import { openJournalIntake } from "../../src/ledger/journal-intake.ts";
import { openQuarantine } from "../../src/ledger/quarantine.ts";
import { compileCel } from "../../src/limits/cel.ts";
import { catalogue } from "../../src/providers/catalogue.ts";
import { openInstallationKeys } from "../../src/secrets/installation-keys.ts";
import { followSettings } from "../../src/settings/follow-settings.ts";
import { settingsFilePath, settingsFileText } from "../../src/settings/settings-file.ts";
import { encodeFrame } from "../support/encode-frame.ts";
import { sampleRecord } from "../support/sample-record.ts";
import { testKeyMaterial } from "../support/test-keys.ts";
import type { CallCase } from "./fuzz-case.ts";
import { alteredJson, damaged, nastyJsonText, nastyText } from "./nasty-values.ts";
import type { SeededRandom } from "./seeded-random.ts";

const providerSlugs = catalogue.flatMap(({ slug, aliases = [] }) => [slug, aliases].flat());
const projectRoot = join(import.meta.dir, "../../..");
const keys = openInstallationKeys(testKeyMaterial);

/** A journal with damage, or with records that no worker writes; read to its end. */
export function journalCase(random: SeededRandom, directory: string): CallCase {
  const frames = Array.from({ length: 1 + random.below(4) }, () => journalFrame(random));
  const whole = Buffer.concat([segmentMagic, ...frames]);
  const bytes = random.chance(0.5) ? whole : damaged(random, whole);
  const journal = join(directory, "fuzzed-journal");
  return {
    kind: "call",
    input: bytes.toString("latin1"),
    run() {
      rmSync(journal, { recursive: true, force: true });
      mkdirSync(journal);
      writeFileSync(join(journal, "w0-1760000000000-00000001.hgj"), bytes);
      writeFileSync(join(journal, "w0-1760000000001-00000002.hgj"), segmentMagic);
      const limits = { records: 100, bytes: 1_000_000 };
      const intake = openJournalIntake({
        directory: journal,
        checkpoints: new Map(),
        quarantine: openQuarantine(journal),
        limits,
        clock: systemClock,
      });
      // Damage has to be met twice before it counts as such: nothing new may come in between.
      for (let idle = 0, round = 0; idle < 3 && round < 50; round += 1) {
        idle = intake.read() === null ? idle + 1 : 0;
        intake.committed();
      }
      if (intake.queuedBytes() > segmentMagic.length) throw new Error(`${intake.queuedBytes()} bytes were never read`);
      if (readdirSync(journal).includes("w0-1760000000000-00000001.hgj")) throw new Error("the segment is still there");
    },
  };
}

function journalFrame(random: SeededRandom): Buffer {
  const record = sampleRecord();
  const payload = nastyJsonText(random, random.chance(0.4) ? record : alteredJson(random, record));
  const kind = random.chance(0.7) ? 1 : random.below(256);
  return encodeFrame(kind, random.chance(0.8) ? payload : random.bytes(random.below(60)));
}

/** A settings file with damage: the worker keeps the settings it has, or uses the new ones, and serves on. */
export function settingsCase(random: SeededRandom, directory: string): CallCase {
  const object = (kind: string, id: string, value: object) => ({
    accountId: "default",
    kind,
    id,
    value,
    source: "store",
    createdAtMs: 0,
    modifiedAtMs: 0,
  });
  const objects = [
    object("gateway", "default", defaultGatewaySettings),
    object("custom-provider", "custom-x", {
      name: "x",
      slug: "x",
      base_url: "https://x.example",
      dialect: "openai-chat",
      enable: true,
      headers: {},
    }),
    object("provider-config", "p", {
      gatewayId: "default",
      providerSlug: "openai",
      alias: "default",
      isDefault: true,
      weight: 1,
      secretId: "s",
    }),
    object("secret", "s", { storeId: "t", name: "s", sealed: "x", scopes: ["ai_gateway"], status: "active" }),
    object("token", "k", {
      name: "k",
      hash: "aGFzaA==",
      prefix: "hg_",
      lastFour: "abcd",
      groups: [],
      gatewayIds: null,
      models: null,
      ipRanges: null,
      status: "active",
    }),
    object("custom-domain", "a.example", { gatewayId: "default" }),
  ];
  const part = { startId: "s", accounts: {}, providers: {} };
  const text = settingsFileText({ version: 2, objects: objects as never }, part);
  const bytes = nastyJsonText(random, random.chance(0.1) ? JSON.parse(text) : alteredJson(random, JSON.parse(text)));
  const folder = join(directory, "fuzzed-settings");
  return {
    kind: "call",
    input: bytes.toString(),
    run() {
      mkdirSync(folder, { recursive: true });
      writeFileSync(settingsFilePath(folder), bytes);
      const settings = followSettings({
        path: settingsFilePath(folder),
        part: { accounts: {}, providers: {} } as never,
        startId: "s",
        keys,
        onFault: () => {},
      });
      settings.stop();
      const { accounts, tokenOf } = settings.current;
      tokenOf("hg_0123456789");
      if (accounts["default"]?.gateways["default"] === undefined) throw new Error("the default gateway is gone");
    },
  };
}

const exampleText = readFileSync(join(projectRoot, "headgate.example.yaml"), "utf8").replaceAll(/^#(?! )/gm, "");
const exampleLines = exampleText.split("\n").filter((line) => !line.startsWith("#"));

/** A configuration file with damage: it loads, or every fault is told. */
export function configCase(random: SeededRandom): CallCase {
  const start = random.below(exampleLines.length);
  const lines = random.chance(0.5) ? exampleLines : exampleLines.slice(start, start + 1 + random.below(30));
  const text = altersText(random, lines.join("\n"));
  return {
    kind: "call",
    input: text,
    run: () =>
      refusesWith(ConfigError, () => parseConfig(text, {}, { providerSlugs, coreCount: 2, workingDirectory: "/" })),
  };
}

const importSamples: readonly (readonly [ImportKind, string])[] = [
  ["cloudflare", "cloudflare.json"],
  ["cloudflare", "terraform.tf.json"],
  ["litellm", "litellm.yaml"],
  ["portkey", "portkey.json"],
];
const samples = importSamples.map(
  ([kind, name]) => [kind, readFileSync(join(import.meta.dir, "../support/import-samples", name), "utf8")] as const,
);

/** Another gateway's configuration with damage: it is imported, or what is wrong is told. */
export function importCase(random: SeededRandom): CallCase {
  const [kind, sample] = random.pick(samples);
  const altered =
    sample.trimStart().startsWith("{") && random.chance(0.6)
      ? JSON.stringify(alteredJson(random, JSON.parse(sample)))
      : altersText(random, sample);
  return {
    kind: "call",
    input: `${kind}\n${altered}`,
    run: () =>
      refusesWith(ConfigError, () =>
        reportText(importFile(kind, parseSource("x", altered), { account: "default", gateway: "default" })),
      ),
  };
}

/** A text with damage of characters, or with lines doubled, moved and taken away. */
function altersText(random: SeededRandom, text: string): string {
  if (random.chance(0.3)) return damaged(random, Buffer.from(text)).toString("utf8");
  const lines = text.split("\n");
  for (let left = 1 + random.below(3); left > 0; left -= 1) {
    const place = random.below(lines.length);
    const line = lines[place] ?? "";
    const replaced = line.replace(
      /:.*/,
      () =>
        `: ${random.pick(["null", "[]", "{}", "-1", "1e400", "'x'", "*a", "&a [*a]", "!!binary x", "<<: *x", JSON.stringify(nastyText(random))])}`,
    );
    lines.splice(
      place,
      random.below(2),
      ...random.pick([[replaced], [replaced, line], [` ${line}`], [nastyText(random)], []]),
    );
  }
  return lines.join("\n");
}

const leaves = [
  "model",
  "path",
  "metadata.team",
  "metadata['a']",
  "'x'",
  "1",
  "1.5",
  "true",
  "null",
  "[]",
  "{}",
  "b'x'",
  "nothing",
  "9223372036854775807",
  "0u",
  "-1",
];
const celFacts = {
  accountId: "default",
  gatewayId: "default",
  tokenId: null,
  budgetId: null,
  user: null,
  metadata: { team: "red", a: 1 },
  ip: "127.0.0.1",
  provider: "openai",
  model: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!",
  method: "POST",
  path: "chat/completions",
};

/** An expression of a rule: it is refused, or it comes to something or throws, soon. */
export function celCase(random: SeededRandom): CallCase {
  const whole = expression(random, 4);
  const text = (random.chance(0.7) ? whole : damaged(random, Buffer.from(whole)).toString("utf8")).slice(0, 2000);
  return {
    kind: "call",
    input: text,
    run() {
      const compiled = compileCel(text, random.pick(["bool", "string"]));
      if (typeof compiled !== "function") return;
      try {
        compiled(celFacts as never);
      } catch (error) {
        if (!(error instanceof Error)) throw new Error(`threw ${String(error)}`, { cause: error });
      }
    },
  };
}

function expression(random: SeededRandom, depth: number): string {
  if (depth === 0) return random.pick(leaves);
  const inner = (): string => expression(random, depth - 1);
  return random.pick([
    () => `${inner()} ${random.pick(["==", "!=", "<", ">=", "&&", "||", "+", "-", "*", "/", "%", "in"])} ${inner()}`,
    () => `!(${inner()})`,
    () => `(${inner()} ? ${inner()} : ${inner()})`,
    () =>
      `${inner()}.${random.pick(["startsWith", "endsWith", "contains", "matches", "size", "split", "x"])}(${inner()})`,
    () => `${inner()}.matches('${random.pick(["(a+)+$", "(a|a)*b", "[", "^(([a-z])+.)+$"])}')`,
    () => `[${inner()}, ${inner()}].${random.pick(["all", "exists", "map", "filter", "exists_one"])}(x, ${inner()})`,
    () =>
      `${random.pick(["int", "string", "double", "timestamp", "duration", "size", "type", "has", "bytes", "dyn"])}(${inner()})`,
    () => `{${inner()}: ${inner()}}[${inner()}]`,
    inner,
  ])();
}

function refusesWith(kind: new (...given: never[]) => Error, run: () => unknown): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof kind)) throw error;
  }
}
