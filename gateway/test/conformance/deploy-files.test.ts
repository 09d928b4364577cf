import { expect, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import packageDescription from "../../package.json" with { type: "json" };
import { environmentVariables } from "../../src/config/environment.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

// There may be no container engine here: what files can tell of themselves is checked, building and running an image is not.
const projectRoot = resolve(import.meta.dir, "../../..");
const deployFile = (name: string): string => readFileSync(join(projectRoot, "deploy", name), "utf8");
const known = new Set(environmentVariables.map(({ name }) => name));

interface Instruction {
  readonly name: string;
  readonly words: readonly string[];
}

function dockerfile(): Instruction[] {
  const joined = deployFile("Dockerfile")
    .replaceAll(/^#.*\n/gm, "")
    .replaceAll(/\\\n/g, " ");
  return joined
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const [name, ...words] = line.trim().split(/\s+/);
      return { name: name as string, words };
    });
}

test("the Dockerfile copies what is there, builds in one stage and runs without root in another", () => {
  const instructions = dockerfile();
  const names = new Set(
    "FROM WORKDIR COPY RUN USER ENV VOLUME EXPOSE STOPSIGNAL HEALTHCHECK ENTRYPOINT CMD".split(" "),
  );
  expect(instructions.filter(({ name }) => !names.has(name))).toEqual([]);
  const stages = instructions.filter(({ name }) => name === "FROM");
  expect(stages.map(({ words }) => words[2])).toEqual(["build", undefined]);
  const ignored = readFileSync(join(projectRoot, ".dockerignore"), "utf8").split("\n");
  for (const { words } of instructions.filter(
    ({ name, words: [first] }) => name === "COPY" && !first?.startsWith("--"),
  ))
    for (const source of words.slice(0, -1)) {
      expect(existsSync(join(projectRoot, source))).toBe(true);
      expect(ignored).not.toContain(source);
    }
  const last = instructions.slice(instructions.indexOf(stages[1] as Instruction));
  expect(last.find(({ name }) => name === "USER")?.words).toEqual(["headgate"]);
  const variables = last.find(({ name }) => name === "ENV")?.words.map((word) => word.split("=")[0] as string) ?? [];
  expect(variables.filter((name) => !known.has(name))).toEqual([]);
  const { scripts } = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  expect(deployFile("Dockerfile")).toContain("npm run build:binary");
  expect(scripts["build:binary"]).toBeDefined();
  // The build needs a runtime no older than the project's.
  expect(Number(/node:(\d+)/.exec(deployFile("Dockerfile"))?.[1])).toBeGreaterThanOrEqual(20);
  expect(packageDescription.engines.bun).toBeDefined();
});

test("the compose file keeps the data, publishes on this machine alone and gives streams time to end", () => {
  const file = parse(deployFile("compose.yaml")) as {
    services: { headgate: Record<string, unknown> };
    volumes: Record<string, unknown>;
  };
  const service = file.services.headgate;
  expect(service).toMatchObject({ read_only: true, cap_drop: ["ALL"], build: { dockerfile: "deploy/Dockerfile" } });
  expect(service["ports"]).toEqual(["127.0.0.1:8787:8787"]);
  expect(service["volumes"]).toEqual(["data:/data"]);
  expect(Object.keys(file.volumes)).toEqual(["data"]);
  expect(Object.keys(service["environment"] as object).filter((name) => !known.has(name))).toEqual([]);
  expect(Number.parseInt(service["stop_grace_period"] as string, 10)).toBeGreaterThan(30);
});

test("systemd takes the unit", () => {
  const unit = deployFile("headgate.service");
  const settings = [...unit.matchAll(/^([A-Za-z]+)=(.*)$/gm)].map(([, name, value]) => [name, value] as const);
  const value = (name: string): string | undefined => settings.find(([one]) => one === name)?.[1];
  expect(value("RestartPreventExitStatus")).toBe("64 65 78");
  expect(Number(value("TimeoutStopSec"))).toBeGreaterThan(30);
  expect(value("Environment")).toBe("HEADGATE_DATA=/var/lib/headgate");
  if (Bun.which("systemd-analyze") === null) {
    console.log("unit not verified: there is no systemd-analyze here");
    return;
  }
  using directory = temporaryDirectory();
  const path = join(directory.path, "headgate.service");
  // The program has to be there for it.
  writeFileSync(path, unit.replaceAll("/usr/local/bin/headgate", process.execPath));
  const run = Bun.spawnSync(["systemd-analyze", "verify", path]);
  expect({ status: run.exitCode, said: run.stderr.toString() }).toEqual({ status: 0, said: "" });
});
