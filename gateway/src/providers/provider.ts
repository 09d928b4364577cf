import type { Clock } from "../core/clock.ts";
import { GatewayError } from "../core/errors.ts";
import type { HeaderList } from "../core/header-list.ts";
import type { DialectId } from "../dialects/dialect.ts";
import type { SessionDialectId } from "../dialects/session-dialect.ts";
import type { ApplyKey, SigningScope } from "./apply-key.ts";

/** What one request asks of a provider. */
export interface ProviderRequest {
  /** Endpoint after the provider's slug, percent-encoding as the client sent it; one leading slash is tolerated. No query. */
  readonly rest: string;
  /** `""`, or the query with its question mark. */
  readonly query: string;
  /** The client's fields without hop-by-hop and gateway ones. */
  readonly headers: HeaderList;
  readonly accountId: string;
  /** True when a WebSocket is asked for; `socket.route` then goes before `route`. */
  readonly isSocket?: boolean;
}

/** Where a path rule sends a request. */
export interface RoutedPath {
  /** Path below the base URL, without leading slash. */
  readonly path: string;
  /** Key of `otherBaseUrls`; absent means `baseUrl`. Ignored when the configuration replaced the base URL. */
  readonly base?: string;
  /** Values of the base URL's placeholders. `{account}` is always filled by the caller. */
  readonly values?: Readonly<Record<string, string>>;
  /** Replaces the client's query. */
  readonly query?: string;
  /** Replaces the client's fields. */
  readonly headers?: HeaderList;
  /** Replaces what `modelFromPath` would read. */
  readonly model?: string;
  /** Where a signature over the request would hold; absent where none is taken. */
  readonly signing?: SigningScope;
}

/** Endpoints of the compat address, and of the REST one (reference §1.7, §1.8), that a vendor may have itself. */
export type CompatEndpoint = "chat/completions" | "embeddings" | "responses" | "messages";

/** What one compat request asks of a vendor's own OpenAI-compatible endpoint. */
export interface CompatRequest {
  readonly endpoint: CompatEndpoint;
  /** Model as asked for, without the provider's prefix. */
  readonly model: string;
  /** The client's fields as they will be sent. */
  readonly headers: HeaderList;
  /** Region of the stored key that will sign the request; null for none. */
  readonly region: string | null;
}

/** Where a vendor's own OpenAI-compatible endpoints lie, and what they want (reference §1.7, appendix B). */
export interface CompatRule {
  /** Which of them the vendor has. */
  readonly endpoints: readonly CompatEndpoint[];
  /**
   * Path below the base URL that they have in common, without slashes around; empty for none. Left out where it is a version and the
   * base URL has one already.
   */
  readonly below: string;
  /** Fields besides `authorization` under which clients may send the key, which these endpoints, `messages` excepted, take as a bearer. */
  readonly keyFields?: readonly string[];
  /** Field that an endpoint wants and its clients may leave out, with what it is then. */
  readonly defaultField?: Readonly<Partial<Record<CompatEndpoint, readonly [name: string, value: string]>>>;
  /** The vendor's own name of a model that is named as people name it. */
  readonly ownName?: (model: string) => string;
  /** Names that mean this provider on addresses where models need no prefix. */
  readonly bareModels?: RegExp;
  /**
   * Replaces `below` where the model's name decides; `model` of the result is the name to send. Null for models that these
   * endpoints do not serve.
   * @throws GatewayError compatRefused when the name or the credential lacks what the path needs.
   */
  readonly route?: (request: CompatRequest) => RoutedPath | null;
  /** Name under which a model of the price list is asked for; null for one that these endpoints do not serve. The list's own when absent. */
  readonly listedName?: (id: string) => string | null;
}

/** A field that stands for what a client put elsewhere. */
export interface CredentialField {
  readonly name: string;
  readonly value: string;
}

/** How a vendor's WebSockets differ from its other endpoints (reference §1.9). */
export interface SocketRule {
  /** Path rule for sockets; absent means that of other requests. */
  readonly route?: (request: ProviderRequest) => RoutedPath;
  /** Finds the credential among the subprotocols that a browser offers, since it can set no fields; null where none holds it. */
  readonly credentialIn?: (protocols: readonly string[]) => CredentialField | null;
  /** Query parameter in which sockets take a key, where they take it in no field; absent means as for other requests. */
  readonly keyParameter?: string;
  /** How usage and model are read from what passes; absent means not at all. */
  readonly dialect?: SessionDialectId;
}

/** What a credential step may use of the world. */
export interface CredentialDependencies {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly clock: Clock;
}

/** Turns the client's credential fields into those the provider takes; throws GatewayError when it cannot. */
export type PrepareCredential = (headers: HeaderList) => HeaderList | Promise<HeaderList>;

/** One vendor, as data (reference §1.3–1.5). */
export interface Provider {
  /** Path segment that names it; also the name of its file. */
  readonly slug: string;
  /** Other slugs that mean the same. */
  readonly aliases?: readonly string[];
  readonly title: string;
  /**
   * Where requests go: https, no query, no trailing slash. `{name}` in host or path is filled by the path rule with one DNS label
   * (`{subdomain}`: several). When the path ends in a version segment, requests may repeat it (reference §1.4).
   */
  readonly baseUrl: string;
  /** Further base URLs a path rule may choose, by key. */
  readonly otherBaseUrls?: Readonly<Record<string, string>>;
  /** Lower-case names of the fields that carry a credential, the usual one first. */
  readonly credentialHeaders: readonly string[];
  /** Names of query parameters that may carry a credential as well. */
  readonly credentialQuery?: readonly string[];
  /** How a stored key is put on a request; absent means `Authorization: Bearer`. */
  readonly applyKey?: ApplyKey;
  /**
   * The region of a stored secret that signs requests, whose body then has to be at hand; null for a secret that does not. Absent
   * means that none does.
   */
  readonly signingRegion?: (secret: string) => string | null;
  /** The vendor's id in the price data of `@pydantic/genai-prices`; null when it has none. */
  readonly priceKey: string | null;
  /** Protocol of the answers, by path below the base URL; the version segment may be there or not. */
  readonly dialectFor: (path: string) => DialectId;
  /** Model named by the path below the base URL; absent where only bodies name it. */
  readonly modelFromPath?: (path: string) => string | null;
  /** Path rule; absent means the path as it came. Its request is already checked and has no leading slash. */
  readonly route?: (request: ProviderRequest) => RoutedPath;
  /** Path of the endpoint that takes a model's own input, by the model's name; absent where no such names are. */
  readonly runPath?: (model: string) => string;
  /** Endpoint whose form the inputs of the vendor's chat models have where a model is run by its name; `chat/completions` when absent. */
  readonly runsAs?: CompatEndpoint;
  /** The vendor's own OpenAI-compatible endpoints; absent where it has none. */
  readonly compat?: CompatRule;
  /** Absent means that sockets follow the rules of other requests. */
  readonly socket?: SocketRule;
  /** Makes the step that prepares credentials; called once per compiled registry, so the step may hold a bounded cache. */
  readonly credentialStep?: (dependencies: CredentialDependencies) => PrepareCredential;
}

/** The error for a path, query or field that cannot be sent: 7001, naming `where`. */
export function invalidTarget(where: string, message: string): GatewayError {
  return new GatewayError("invalidRequest", { path: where, message });
}
