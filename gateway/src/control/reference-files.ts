import packageDescription from "../../package.json" with { type: "json" };
import { openapiDocument } from "../management/openapi/document.ts";
import { referencePage } from "../management/openapi/reference-page.ts";
import type { Route } from "../management/route.ts";
import { htmlPage, securityHeaders } from "./html-page.ts";
import { madeOnce } from "./made-once.ts";

/**
 * The API's reference, for anybody: `/docs/api` for people, `/docs/openapi.json` for machines. Both are made of the routes when first
 * asked for. They tell what routes there are, nothing of what is configured.
 */
export function referenceFiles(routes: readonly Route[]): ReadonlyMap<string, () => Response> {
  const document = madeOnce(() => openapiDocument(routes, packageDescription.version));
  const html = madeOnce(() => referencePage(document()));
  const text = madeOnce(() => openapiText(document()));
  return new Map([
    ["/docs/api", () => htmlPage(html())],
    [
      "/docs/openapi.json",
      () => new Response(text(), { headers: { ...securityHeaders, "content-type": "application/json" } }),
    ],
  ]);
}

/** The document as it is committed. */
function openapiText(document: object): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
