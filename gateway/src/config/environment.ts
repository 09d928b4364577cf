import { isIP } from "node:net";
import { resolve } from "node:path";
import type { ConfigProblem } from "./config-error.ts";
import { gotText } from "./got-text.ts";

/** A set of environment variables, as `process.env` is one. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What one variable is for; the reference page is made from these. */
export interface EnvironmentVariable {
  readonly name: string;
  /** What its value has to be, in words. */
  readonly expected: string;
  /** Its default in words. */
  readonly default: string;
  readonly description: string;
  /** Values of secrets are never shown. */
  readonly isSecret: boolean;
  readonly accepts: (text: string) => boolean;
}

/** Settings that come from the environment only. */
export interface EnvironmentSettings {
  readonly host: string;
  readonly port: number;
  readonly workers: number;
  readonly allowsOpen: boolean;
  readonly dataDirectory: string;
}

/** Values that are kept apart from the plain configuration so that printing or passing it on shows none of them. */
export interface ConfigSecrets {
  readonly adminToken: string | null;
  readonly masterKey: string | null;
  /** The master key that a rotation puts in place of it. */
  readonly newMasterKey: string | null;
}

const isNotEmpty = (text: string) => text !== "";

const isLongEnough = (text: string) => [...text].length >= 32;
const hostNamePattern =
  /^(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$/;

function isIntegerUpTo(max: number): (text: string) => boolean {
  return (text) => /^\d{1,9}$/.test(text) && Number(text) <= max;
}

/** Every environment variable that is read, in the order of the reference page. */
export const environmentVariables: readonly EnvironmentVariable[] = [
  {
    name: "HOST",
    expected: "a host name or IP address",
    default: "127.0.0.1",
    description: "Address to listen on; `0.0.0.0` or `::` for every interface.",
    isSecret: false,
    accepts: (text) => isIP(text) !== 0 || hostNamePattern.test(text),
  },
  {
    name: "PORT",
    expected: "an integer from 0 to 65535",
    default: "8787",
    description: "Port to listen on; 0 takes a free one.",
    isSecret: false,
    accepts: isIntegerUpTo(65_535),
  },
  {
    name: "HEADGATE_CONFIG",
    expected: "the path of a readable file",
    default: "headgate.yaml, if present",
    description: "Configuration file. A file named here has to exist.",
    isSecret: false,
    accepts: isNotEmpty,
  },
  {
    name: "HEADGATE_DATA",
    expected: "the path of a directory",
    default: "./data",
    description: "Directory for everything kept; made when missing.",
    isSecret: false,
    accepts: (text) => isNotEmpty(text) && !text.includes("\0"),
  },
  {
    name: "HEADGATE_WORKERS",
    expected: "an integer from 0 to 256",
    default: "number of processor cores",
    description: "Number of proxy worker processes; 0 runs everything in one process.",
    isSecret: false,
    accepts: isIntegerUpTo(256),
  },
  {
    name: "HEADGATE_ALLOW_OPEN",
    expected: "true or false",
    default: "false",
    description:
      "Whether gateways without `authentication` may be reached from other machines; otherwise such a start is refused.",
    isSecret: false,
    accepts: (text) => text === "true" || text === "false",
  },
  {
    name: "HEADGATE_ADMIN_TOKEN",
    expected: "a text that is not empty",
    default: "none",
    description: "Token of the management API.",
    isSecret: true,
    accepts: isNotEmpty,
  },
  {
    name: "HEADGATE_MASTER_KEY",
    expected: "at least 32 characters, best 32 random bytes in hexadecimal or base64",
    default: "a key made at the first start, in `master.key` of the data directory",
    description: "Master key of stored secrets.",
    isSecret: true,
    accepts: isLongEnough,
  },
  {
    name: "HEADGATE_NEW_MASTER_KEY",
    expected: "at least 32 characters, best 32 random bytes in hexadecimal or base64",
    default: "none",
    description: "For `headgate keys rotate` alone: the master key that is to follow.",
    isSecret: true,
    accepts: isLongEnough,
  },
];

/** One problem for each variable that is set to something it cannot be; secrets' values are left out. */
export function environmentProblems(environment: Environment): ConfigProblem[] {
  return environmentVariables.flatMap((variable) => {
    const text = environment[variable.name];
    if (text === undefined || variable.accepts(text)) return [];
    const got = variable.isSecret ? "" : `, got ${gotText(text)}`;
    return [environmentProblem(variable.name, `expected ${variable.expected}${got}`)];
  });
}

/** A problem that lies in an environment variable. */
export function environmentProblem(name: string, text: string): ConfigProblem {
  return { source: "environment", line: null, column: null, key: name, text };
}

/** The settings of an environment without problems, with defaults; the data directory absolute from `workingDirectory`. */
export function environmentSettings(
  environment: Environment,
  place: { readonly workingDirectory: string; readonly coreCount: number },
): EnvironmentSettings {
  return {
    host: environment["HOST"] ?? "127.0.0.1",
    port: Number(environment["PORT"] ?? 8787),
    workers: Number(environment["HEADGATE_WORKERS"] ?? place.coreCount),
    allowsOpen: environment["HEADGATE_ALLOW_OPEN"] === "true",
    dataDirectory: resolve(place.workingDirectory, environment["HEADGATE_DATA"] ?? "data"),
  };
}

/** The secrets of an environment; null where one is not set. */
export function environmentSecrets(environment: Environment): ConfigSecrets {
  return {
    adminToken: environment["HEADGATE_ADMIN_TOKEN"] ?? null,
    masterKey: environment["HEADGATE_MASTER_KEY"] ?? null,
    newMasterKey: environment["HEADGATE_NEW_MASTER_KEY"] ?? null,
  };
}
