import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { defaultGatewaySettings } from "../core/gateway-settings.ts";
import type {
  AccountConfig,
  GatewayConfig,
  GatewaySettings,
  KeyConfig,
  ProviderConfig,
} from "../core/gateway-settings.ts";
import { allProviderFaults } from "./check-providers.ts";
import { keyFaults } from "./check-keys.ts";
import { ConfigError } from "./config-error.ts";
import type { ConfigProblem } from "./config-error.ts";
import {
  environmentProblem,
  environmentProblems,
  environmentSecrets,
  environmentSettings,
  environmentVariables,
} from "./environment.ts";
import type { ConfigSecrets, Environment } from "./environment.ts";
import { gotText } from "./got-text.ts";
import { keyPath } from "./key-path.ts";
import { customProviderPrefix } from "./schema.ts";
import type { FileSettings } from "./schema.ts";
import type { StoredKeySettings } from "./stored-key-schema.ts";
import { validateFile } from "./validate-file.ts";
import { readYaml } from "./yaml-document.ts";
import type { Position } from "./yaml-document.ts";

/** The configuration file where none is named, in the working directory. */
export const defaultConfigFile = "headgate.yaml";

/** The configuration, its secrets apart, and where it came from. */
export interface LoadedConfig {
  readonly config: GatewayConfig;
  readonly secrets: ConfigSecrets;
  readonly sources: {
    /** The file as it was named, or null when there is none. */
    readonly file: string | null;
    /** Names of the environment variables that were set. */
    readonly environment: readonly string[];
  };
}

/** What the configuration depends on beside its text. */
export interface ParseOptions {
  /** Slugs of the built-in providers. */
  readonly providerSlugs: readonly string[];
  /** Name shown in problems; `headgate.yaml` when absent. */
  readonly fileName?: string;
  /** Relative paths start here; the process's own when absent. */
  readonly workingDirectory?: string;
  /** Default number of workers; the machine's cores when absent. */
  readonly coreCount?: number;
}

/** Where to look; both are the process's own when absent. */
export interface LoadOptions extends Omit<ParseOptions, "fileName"> {
  readonly environment?: Environment;
}

/**
 * Reads the configuration from the file named by `HEADGATE_CONFIG`, else from `headgate.yaml` in the working directory if
 * there is one, and from the environment. Nothing else in the gateway reads either.
 * @throws ConfigError with every problem; also when the named file is missing or a file is not readable UTF-8.
 */
export function loadConfig(options: LoadOptions): LoadedConfig {
  const { environment = process.env, workingDirectory = process.cwd() } = options;
  const named = environment["HEADGATE_CONFIG"];
  const fileName = named || defaultConfigFile;
  const isNamed = named !== undefined && named !== "";
  const file = readText(resolve(workingDirectory, fileName));
  if ("fault" in file && (isNamed || file.isMissing === false)) {
    const text = `expected the path of a readable file, got ${gotText(fileName)} (${file.fault})`;
    const problem = isNamed
      ? environmentProblem("HEADGATE_CONFIG", text)
      : { source: fileName, line: null, column: null, key: null, text: `cannot be read: ${file.fault}` };
    throw new ConfigError([problem, ...environmentProblems(environment)]);
  }
  return parseConfig("text" in file ? file.text : null, environment, { ...options, fileName, workingDirectory });
}

/**
 * The configuration that a file's `text` (null: there is no file) and an environment make together. `${NAME}` is not
 * expanded in the file. Accounts and gateways are those the file declares; which others there are is for `settings/` to say.
 * Accounts, gateways and providers are objects without a prototype, so no name finds what is not configured.
 * @throws ConfigError with all problems of both.
 */
export function parseConfig(text: string | null, environment: Environment, options: ParseOptions): LoadedConfig {
  const fileName = options.fileName ?? defaultConfigFile;
  const { settings, problems } = parseFile(text ?? "", fileName, options.providerSlugs);
  const allProblems = [...problems, ...environmentProblems(environment)];
  if (settings === null || allProblems.length > 0) throw new ConfigError(allProblems);
  const place = {
    workingDirectory: options.workingDirectory ?? process.cwd(),
    coreCount: options.coreCount ?? availableParallelism(),
  };
  return {
    config: {
      ...environmentSettings(environment, place),
      accounts: withDefaults(settings.accounts ?? {}),
      providers: withDialects(settings.providers ?? {}),
      timeouts: settings.timeouts,
      limits: settings.limits,
      streams: settings.streams,
      journal: settings.journal,
      logs: settings.logs,
      cache: settings.cache,
      billing: settings.billing,
      alerts: settings.alerts,
      analytics: settings.analytics,
      audit: settings.audit,
      network: settings.network,
      sign_in: settings.sign_in as GatewayConfig["sign_in"],
      // A key that the file leaves out is absent, not undefined: the values come from YAML.
      prices: (settings.prices ?? {}) as GatewayConfig["prices"],
    },
    secrets: environmentSecrets(environment),
    sources: { file: text === null ? null : fileName, environment: environmentNamesSet(environment) },
  };
}

interface ParsedFile {
  readonly settings: FileSettings | null;
  readonly problems: readonly ConfigProblem[];
}

function parseFile(text: string, fileName: string, providerSlugs: readonly string[]): ParsedFile {
  const document = readYaml(text);
  const problem = (position: Position, key: string | null, fault: string): ConfigProblem => {
    return { source: fileName, line: position.line, column: position.column, key, text: fault };
  };
  if (document.faults.length > 0) {
    return { settings: null, problems: document.faults.map((fault) => problem(fault.position, fault.key, fault.text)) };
  }
  const { settings, faults } = validateFile(document.value);
  const ownFaults = [...allProviderFaults(document.value, providerSlugs), ...keyFaults(document.value, providerSlugs)];
  const problems = [...faults, ...ownFaults].map(({ path, text: fault }) =>
    problem(document.positionOf(path), path.length === 0 ? null : keyPath(path), fault),
  );
  return { settings, problems: problems.sort(byPosition) };
}

function byPosition(left: ConfigProblem, right: ConfigProblem): number {
  return (left.line ?? 0) - (right.line ?? 0) || (left.column ?? 0) - (right.column ?? 0);
}

function withDefaults(accounts: NonNullable<FileSettings["accounts"]>): GatewayConfig["accounts"] {
  return withoutPrototype(
    Object.entries(accounts).map(
      ([account, { gateways, logpush, providers, limits, budgets }]): [string, AccountConfig] => [
        account,
        {
          gateways: withoutPrototype(
            Object.entries(gateways ?? {}).map(([id, settings]): [string, GatewaySettings] => [
              id,
              { ...defaultGatewaySettings, ...withoutKeys(settings) },
            ]),
          ),
          logpush: logpush as AccountConfig["logpush"],
          providers: withDialects(providers ?? {}),
          ...declaredKeys(gateways ?? {}),
          ...(Object.keys(limits ?? {}).length === 0 ? {} : { limits: withoutPrototype(Object.entries(limits ?? {})) }),
          ...(Object.keys(budgets ?? {}).length === 0
            ? {}
            : { budgets: withoutPrototype(Object.entries(budgets ?? {})) }),
        },
      ],
    ),
  );
}

function withoutKeys(settings: object): Partial<GatewaySettings> {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => name !== "keys"));
}

type DeclaredGateways = NonNullable<NonNullable<FileSettings["accounts"]>[string]["gateways"]>;

function declaredKeys(gateways: DeclaredGateways): Pick<AccountConfig, "keys"> {
  const lists = Object.entries(gateways).flatMap(([id, { keys }]) => (keys === null ? [] : [[id, keys] as const]));
  if (lists.length === 0) return {};
  return { keys: withoutPrototype(lists.map(([id, keys]) => [id, keys.map(keyConfig)])) };
}

function keyConfig(key: StoredKeySettings): KeyConfig {
  const { provider, alias, secret, weight, default: isDefault, rate_limit: requests, rate_limit_period: seconds } = key;
  const rateLimit = requests === null || requests === 0 ? {} : { rateLimit: { requests, seconds } };
  return { provider, alias, isDefault, weight, reference: secret, ...rateLimit };
}

function withDialects(providers: NonNullable<FileSettings["providers"]>): GatewayConfig["providers"] {
  return withoutPrototype(
    Object.entries(providers).map(([slug, { base_url, dialect }]): [string, ProviderConfig] => {
      const fallback = slug.startsWith(customProviderPrefix) ? "openai-chat" : null;
      // Provider paths begin with a slash of their own.
      return [slug, { base_url: base_url.replace(/\/+$/, ""), dialect: dialect ?? fallback }];
    }),
  );
}

function withoutPrototype<Value>(entries: readonly (readonly [string, Value])[]): Readonly<Record<string, Value>> {
  return Object.assign(Object.create(null) as Record<string, Value>, Object.fromEntries(entries));
}

function environmentNamesSet(environment: Environment): string[] {
  return environmentVariables.map(({ name }) => name).filter((name) => environment[name] !== undefined);
}

type FileText = { readonly text: string } | { readonly fault: string; readonly isMissing: boolean };

function readText(path: string): FileText {
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(path)) };
  } catch (error) {
    const code = (error as { readonly code?: unknown }).code;
    if (code === "ENOENT") return { fault: "no such file", isMissing: true };
    if (code === "EISDIR") return { fault: "it is a directory", isMissing: false };
    if (code === "EACCES") return { fault: "permission denied", isMissing: false };
    if (error instanceof TypeError) return { fault: "it is not UTF-8 text", isMissing: false };
    return { fault: error instanceof Error ? error.message : String(error), isMissing: false };
  }
}
