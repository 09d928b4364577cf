/** The product's hosts, whose names its own packages have inside. */
const HOSTS = ["https://gateway.ai.cloudflare.com/", "https://api.cloudflare.com/"];

/** One request that was sent to a host of the product. */
export interface ProductRequest {
  readonly url: string;
  readonly headers: Headers;
}

/** While it lasts, requests to the product's hosts reach a gateway, as docs/guides/use-the-products-clients.md says; others fail. */
export interface ProductHosts extends Disposable {
  /** What was sent so far. */
  readonly requests: readonly ProductRequest[];
}

/** Puts itself in the place of the global `fetch`, which those packages call. */
export function redirectProductHosts(gatewayUrl: string): ProductHosts {
  const requests: ProductRequest[] = [];
  const original = globalThis.fetch;
  const redirecting = (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const url = input instanceof Request ? input.url : String(input);
    const host = HOSTS.find((candidate) => url.startsWith(candidate));
    if (host === undefined) return Promise.reject(new Error(`a client called ${url}`));
    requests.push({ url, headers: new Headers(input instanceof Request ? input.headers : init?.headers) });
    const target = `${gatewayUrl}/${url.slice(host.length)}`;
    return original(input instanceof Request ? new Request(target, input) : target, init);
  };
  globalThis.fetch = Object.assign(redirecting, { preconnect: original.preconnect });
  return {
    requests,
    [Symbol.dispose]() {
      globalThis.fetch = original;
    },
  };
}
