import type { LoadedConfig } from "../config/load-config.ts";
import type { GatewayConfig } from "../core/gateway-settings.ts";
import { firstUseExample } from "./first-use-example.ts";
import { baseUrl } from "./base-url.ts";

/** What the panel shows beside the configuration. */
export interface PanelOptions {
  readonly version: string;
  readonly sources: LoadedConfig["sources"];
  /** The command that runs `headgate`, e.g. `npx headgate`. */
  readonly command: string;
  /** Whether bold and dim text may be used. */
  readonly isStyled: boolean;
  /** Text of the token that this start made; null when there was one before. */
  readonly firstToken: string | null;
}

/** The text shown once everything serves: where to send requests, what to expect, where things lie, how to watch. */
export function firstUsePanel(config: GatewayConfig, options: PanelOptions): string {
  const bold = (text: string): string => (options.isStyled ? `\u001B[1m${text}\u001B[22m` : text);
  const dim = (text: string): string => (options.isStyled ? `\u001B[2m${text}\u001B[22m` : text);
  const url = baseUrl(config);
  const upstream = config.providers[firstUseExample.provider]?.base_url ?? firstUseExample.baseUrl;
  const row = (label: string, lines: readonly string[]): string[] =>
    lines.map((line, index) => `  ${dim((index === 0 ? label : "").padEnd(11))}${line}`);
  const workers = config.workers === 0 ? "one process" : countOf(config.workers, "worker");
  return [
    "",
    `  ${bold(`Headgate ${options.version}`)} serves on ${bold(url)} ${dim(`(${workers})`)}`,
    "",
    ...row("Try it", firstUseExample.curl(url)),
    ...row("", [dim(firstUseExample.expectation(upstream))]),
    "",
    ...row("Watch", [`${watchEnvironment(config, options.sources)}${options.command} tail`]),
    ...row("Dashboard", [options.firstToken === null ? `${url}/` : `${url}/ui/sign-in#token=${options.firstToken}`]),
    ...(options.firstToken === null
      ? []
      : row("Token", [bold(options.firstToken), dim("may do everything; keep it, it is shown this once")])),
    ...row("Data", [config.dataDirectory]),
    ...row("Config", [options.sources.file ?? "defaults; there is no headgate.yaml here"]),
    "",
    "",
  ].join("\n");
}

/** Another shell knows nothing of the variables this process was started with. */
function watchEnvironment(config: GatewayConfig, sources: LoadedConfig["sources"]): string {
  return sources.environment.includes("HEADGATE_DATA") ? `HEADGATE_DATA=${shellWord(config.dataDirectory)} ` : "";
}

function shellWord(text: string): string {
  return /^[\w./:-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function countOf(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${count} ${noun}s`;
}
