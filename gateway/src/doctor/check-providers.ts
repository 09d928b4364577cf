import { existsSync } from "node:fs";
import { connect as connectPlain } from "node:net";
import { join } from "node:path";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { compileAddressPolicy } from "../core/address-policy.ts";
import { checkedAddresses, resolveByMachine } from "../http1/checked-addresses.ts";
import type { UpstreamOrigin } from "../providers/base-url.ts";
import { type CompiledProvider, compileProviders, withCustomProviders } from "../providers/registry.ts";
import { customProviderConfigs } from "../settings/custom-provider.ts";
import { type DoctorContext, type Finding, ok, problem, warning } from "./finding.ts";
import { knownSettings } from "./known-settings.ts";
import { openUnchanged } from "./open-unchanged.ts";

const HANDSHAKE_MS = 5000;
const MOST_PROVIDERS = 50;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const EXPIRES_SOON_DAYS = 14;

/** What of a provider's place is to be reached. */
interface InUse {
  readonly slug: string;
  readonly origin: UpstreamOrigin;
  /** Whether requests went there in the last day. */
  readonly isAsked: boolean;
}

/**
 * Whether the providers in use can be reached: those of the last day's requests, those with a stored key, and those that were configured. A connection and a TLS
 * handshake each, nothing is sent. Addresses that the API named are held to the policy requests are held to.
 */
export async function checkProviders(context: DoctorContext): Promise<Finding[]> {
  const { isOffline } = context;
  const inUse = providersInUse(context);
  if (inUse.length === 0) return [ok("no provider is in use yet")];
  if (isOffline) return [ok(`not connected to ${inUse.map(({ slug }) => slug).join(", ")}: --offline`)];
  return (await Promise.all(inUse.slice(0, MOST_PROVIDERS).map((one) => reach(one, context)))).flat();
}

function providersInUse({ config, nowMs }: DoctorContext): InUse[] {
  const model = knownSettings(config);
  const builtIn = compileProviders(config.providers);
  const asked = askedSince(join(config.dataDirectory, "headgate.db"), nowMs - DAY_MS);
  const found = new Map<string, InUse>();
  const add = (slug: string, compiled: CompiledProvider | undefined): void => {
    const origin = compiled?.base.fixed?.origin;
    // A host that requests complete cannot be known here.
    if (compiled === undefined || origin === undefined) return;
    const key = `${compiled.slug} ${origin.hostname}:${origin.port}`;
    found.set(key, { slug: compiled.slug, origin, isAsked: asked.has(slug) || asked.has(compiled.slug) });
  };
  for (const slug of [...asked, ...Object.keys(config.providers)]) add(slug, builtIn.get(slug));
  for (const accountId of model.accountIds) {
    const own = customProviderConfigs(model.list(accountId, "custom-provider"));
    const registry = withCustomProviders(builtIn, own);
    const keyed = model.list(accountId, "provider-config").map(({ value }) => String(value["providerSlug"]));
    for (const slug of [...Object.keys(own), ...keyed]) add(slug, registry.get(slug));
  }
  return [...found.values()];
}

function askedSince(path: string, sinceMs: number): ReadonlySet<string> {
  if (!existsSync(path)) return new Set();
  try {
    using database = openUnchanged(path);
    const rows = database
      .query<{ provider: string }, [number]>(
        "SELECT DISTINCT provider FROM roll_up_series WHERE series IN (SELECT series FROM roll_up_series_minutes WHERE at >= ?)",
      )
      .all(Math.floor(sinceMs / MINUTE_MS));
    return new Set(rows.map(({ provider }) => provider));
  } catch {
    // What is wrong with the database is told with the databases.
    return new Set();
  }
}

async function reach({ slug, origin, isAsked }: InUse, { config, nowMs }: DoctorContext): Promise<Finding[]> {
  const place = `${slug} (${origin.hostname}:${origin.port})`;
  const unreachable = isAsked ? problem : warning;
  try {
    const { days, fault } = await handshake(origin, config, nowMs);
    if (fault !== null) return [unreachable(`${place}: its certificate is not trusted (${fault})`, certificateRemedy)];
    if (days !== null && days < EXPIRES_SOON_DAYS)
      return [warning(`${place}: its certificate ends in ${Math.floor(days)} days`, "Have it renewed by who runs it.")];
    return [ok(`${place} is reached${days === null ? ", unencrypted" : ""}`)];
  } catch (error) {
    const remedy =
      "See whether name, firewall and network let this machine connect there; requests to it fail with 502 until then.";
    return [unreachable(`${place} is not reached: ${(error as Error).message}`, remedy)];
  }
}

const certificateRemedy = "Have it renewed, or name its authority in the variable NODE_EXTRA_CA_CERTS of the gateway.";

interface Handshake {
  /** Until the certificate ends; null without one. */
  readonly days: number | null;
  readonly fault: string | null;
}

async function handshake(origin: UpstreamOrigin, config: DoctorContext["config"], nowMs: number): Promise<Handshake> {
  const { secure, hostname, port } = origin;
  const guard = { policy: compileAddressPolicy(config.network), resolveName: resolveByMachine };
  const [address = hostname] = origin.isGuarded === true ? await checkedAddresses(origin, guard) : [hostname];
  if (!secure) return withSocket(connectPlain({ host: address, port }), "connect", () => ({ days: null, fault: null }));
  const servername = /^[\d.]+$|:/.test(hostname) ? {} : { servername: hostname };
  const socket = connectTls({ host: address, port, rejectUnauthorized: false, ...servername });
  return withSocket(socket, "secureConnect", () => ({ ...judge(socket, nowMs) }));
}

function judge(socket: TLSSocket, nowMs: number): Handshake {
  const endsMs = Date.parse(socket.getPeerCertificate().valid_to ?? "");
  const days = Number.isFinite(endsMs) ? (endsMs - nowMs) / DAY_MS : null;
  if (days !== null && days < 0) return { days, fault: `it ended ${Math.ceil(-days)} days ago` };
  return { days, fault: socket.authorized ? null : String(socket.authorizationError) };
}

async function withSocket<Result>(
  socket: ReturnType<typeof connectPlain>,
  event: "connect" | "secureConnect",
  read: () => Result,
): Promise<Result> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${HANDSHAKE_MS} ms`)), HANDSHAKE_MS);
  socket.once(event, () => resolve());
  socket.once("error", reject);
  socket.once("close", () => reject(new Error("the connection was closed")));
  try {
    await promise;
    return read();
  } finally {
    clearTimeout(timer);
    // What comes after is of no interest, and must not end the process.
    socket.on("error", () => {});
    socket.destroy();
  }
}
