import { isLoopbackHost, OpenGateways, refuseOpenGateways } from "../settings/open-gateways.ts";
import { type DoctorContext, type Finding, ok, problem, warning } from "./finding.ts";
import { knownSettings } from "./known-settings.ts";

/** A token somebody chose; shorter ones can be guessed. */
const LEAST_TOKEN_CHARACTERS = 24;

/** Who reaches the gateway, and what they could do. */
export function checkExposure({ config, secrets }: DoctorContext): Finding[] {
  const token = secrets.adminToken;
  const weak =
    token !== null && [...token].length < LEAST_TOKEN_CHARACTERS
      ? [
          warning(
            "HEADGATE_ADMIN_TOKEN is short enough to be guessed, and may do everything",
            "Set it to the output of: openssl rand -hex 32",
          ),
        ]
      : [];
  if (isLoopbackHost(config.host)) return [ok(`${config.host} is reached from this machine alone`), ...weak];
  return [open(config), unencrypted(config), ...weak];
}

function open(config: DoctorContext["config"]): Finding {
  try {
    refuseOpenGateways(knownSettings(config), { host: config.host, allowsOpen: false });
    return ok(`every gateway that ${config.host} shows asks for a token`);
  } catch (error) {
    if (!(error instanceof OpenGateways)) throw error;
    const [what = "", remedy = ""] = error.message.split(/(?<=\.) /);
    return config.allowsOpen ? warning(`${what} HEADGATE_ALLOW_OPEN says so.`, remedy) : problem(what, remedy);
  }
}

function unencrypted({ host, network }: DoctorContext["config"]): Finding {
  if (network.trusted_proxies.length > 0) return ok(`${host} is behind ${network.trusted_proxies.join(", ")}`);
  return warning(
    `${host} takes requests unencrypted, with tokens and prompts in them`,
    "Put a proxy that speaks TLS in front and name it in network.trusted_proxies (docs/guides/run-behind-a-proxy.md).",
  );
}
