import { defaultGatewaySettings, type GatewayConfig, type GatewaySettings } from "../core/gateway-settings.ts";
import type { GatewayPlace } from "./active-settings.ts";
import type { SettingsModel } from "./settings-model.ts";

/** What decides whether gateways may ask for no token. */
export type Reach = Pick<GatewayConfig, "host" | "allowsOpen">;

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/i;

/** Whether somebody listening on `host` is reached from this machine alone. */
export function isLoopbackHost(host: string): boolean {
  return LOOPBACK.test(host);
}

/** Settings that would let in whoever reaches the port. */
export class OpenGateways extends Error {
  override readonly name = "OpenGateways";
  /** At least one. */
  readonly places: readonly GatewayPlace[];

  constructor(places: readonly GatewayPlace[], host: string) {
    const names = places.slice(0, 10).map(({ accountId, gatewayId }) => `${accountId}/${gatewayId}`);
    const more = places.length > names.length ? ` and ${places.length - names.length} more` : "";
    super(
      `Whoever reaches ${host} could use ${names.join(", ")}${more} without a token. Set authentication: true on them, listen on ` +
        "127.0.0.1, or allow it knowingly with HEADGATE_ALLOW_OPEN=true.",
    );
    this.places = places;
  }
}

/**
 * Refuses settings under which a gateway that others reach asks for no token.
 * @throws OpenGateways naming them and the ways out.
 */
export function refuseOpenGateways(model: SettingsModel, { host, allowsOpen }: Reach): void {
  if (allowsOpen || isLoopbackHost(host)) return;
  const places = model.accountIds.flatMap((accountId) =>
    model
      .list(accountId, "gateway")
      .filter(({ value }) => !({ ...defaultGatewaySettings, ...value } as GatewaySettings).authentication)
      .map(({ id }) => ({ accountId, gatewayId: id })),
  );
  if (places.length > 0) throw new OpenGateways(places, host);
}
