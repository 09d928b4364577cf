import { listenProblem } from "./listen-problem.ts";

/**
 * The port that the workers will share: `port`, or a free one for 0. Binds it once alone and lets it go again, because
 * with a shared port a second gateway would start without complaint and take half of the connections.
 * @throws StartError naming port and host when it cannot be bound.
 */
export function claimPort(host: string, port: number): number {
  try {
    const probe = Bun.listen({ hostname: host, port, socket: { data() {} } });
    const claimed = probe.port;
    probe.stop(true);
    return claimed;
  } catch (error) {
    throw listenProblem(error, host, port);
  }
}
