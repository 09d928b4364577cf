import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Provider } from "oidc-provider";

/** Somebody the provider knows. */
export interface KnownPerson {
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly name?: string;
  readonly groups?: readonly string[];
}

/** An identity provider on loopback whose people need no password there. */
export interface IdentityProvider {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** By subject; tests change it. */
  readonly people: Map<string, KnownPerson>;
  /**
   * Does what a browser does there: follows `url` through signing in as `subject`.
   * @returns the URL the browser is sent back to.
   */
  signIn(url: string, subject: string): Promise<URL>;
  /** Takes whoever comes from now on for `subject`. */
  take(subject: string): void;
  stop(): Promise<void>;
}

const clientId = "headgate";
const clientSecret = "client-secret-0123456789";

/** Starts a provider that asks for PKCE and sends browsers back to `redirectUri` alone. */
export async function startIdentityProvider(redirectUri: string): Promise<IdentityProvider> {
  const people = new Map<string, KnownPerson>();
  let subject = "";
  let answer: (request: IncomingMessage, response: ServerResponse) => void = (_, response) => response.end();
  const server = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = quietly(
    () =>
      new Provider(issuer, {
        clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUri] }],
        pkce: { required: () => true },
        cookies: { keys: ["key of the test"] },
        claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "groups"] },
        features: { devInteractions: { enabled: false } },
        interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
        findAccount: (_, id) => ({
          accountId: id,
          claims: async () => ({ sub: id, ...people.get(id) }) as { sub: string },
        }),
        async loadExistingGrant(context) {
          const { client, session } = context.oidc;
          const grant = new context.oidc.provider.Grant({
            clientId: client?.clientId ?? "",
            accountId: session?.accountId ?? "",
          });
          grant.addOIDCScope("openid email profile");
          await grant.save();
          return grant;
        },
      }),
  );
  const callback = provider.callback();
  answer = (request, response) => {
    if (request.url?.startsWith("/interaction/") === true) {
      void provider.interactionFinished(request, response, { login: { accountId: subject } });
    } else void callback(request, response);
  };
  return {
    issuer,
    clientId,
    clientSecret,
    people,
    take: (as) => void (subject = as),
    async signIn(url, as) {
      subject = as;
      const cookies = new Map<string, string>();
      let next = new URL(url);
      for (let step = 0; step < 10 && next.origin === issuer; step += 1) {
        const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
        const response = await fetch(next, { redirect: "manual", headers: { cookie } });
        for (const line of response.headers.getSetCookie()) {
          const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
          cookies.set(name, value);
        }
        const location = response.headers.get("location");
        if (location === null) throw new Error(`the provider answered ${response.status}: ${await response.text()}`);
        next = new URL(location, next);
      }
      return next;
    },
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** Without the warnings that are for people who run it in earnest. */
function quietly<Value>(make: () => Value): Value {
  const { warn, info } = console;
  console.warn = () => {};
  console.info = () => {};
  try {
    return make();
  } finally {
    console.warn = warn;
    console.info = info;
  }
}
