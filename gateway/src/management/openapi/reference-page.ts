import type { OpenapiDocument, OpenapiOperation, OpenapiParameter } from "./document.ts";
import { exampleOf } from "./example-of.ts";
import { type FieldRow, fieldRows } from "./field-rows.ts";
import { html, type Html, joined } from "./html.ts";
import type { JsonSchema } from "./json-schema.ts";
import { pageStyle } from "./page-style.ts";

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly operation: OpenapiOperation;
}

/** The API's reference as one page of plain HTML: operations by tag with permission, parameters, fields and an example for a shell. */
export function referencePage(document: OpenapiDocument): string {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
  const sections = document.tags
    .map(({ name, description }) => ({
      name,
      description,
      own: operations.filter(({ operation }) => operation.tags.includes(name)),
    }))
    .filter(({ own }) => own.length > 0);
  const { title, version, description } = document.info;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        <style>
          ${pageStyle}
        </style>
      </head>
      <body>
        <nav aria-label="Contents">
          <ul>
            ${joined(
              sections.map(
                ({ name, own }) =>
                  html`<li>
                    <a href="#${anchor(name)}">${name}</a>
                    <ul>
                      ${joined(
                        own.map(
                          ({ operation }) =>
                            html`<li><a href="#${operation.operationId}">${operation.summary}</a></li>`,
                        ),
                      )}
                    </ul>
                  </li>`,
              ),
            )}
          </ul>
        </nav>
        <main>
          <h1>${title} ${version}</h1>
          <p>${description}</p>
          <p>
            The same for machines: <a href="/docs/openapi.json">openapi.json</a>. Guides and the rest of the reference:
            <a href="/docs">documentation</a>.
          </p>
          ${joined(
            sections.map(
              ({ name, description: about, own }) =>
                html`<section id="${anchor(name)}">
                  <h2>${name}</h2>
                  <p>${about}</p>
                  ${joined(own.map((each) => operationSection(each, document.components.schemas)))}
                </section>`,
            ),
          )}
        </main>
      </body>
    </html> `.text;
}

function operationSection({ method, path, operation }: Operation, named: Readonly<Record<string, JsonSchema>>): Html {
  const { parameters = [], requestBody, responses } = operation;
  const body = requestBody?.content["application/json"]?.schema;
  const answer = responses[200].content;
  return html`<article id="${operation.operationId}">
    <h3>${operation.summary}</h3>
    <p class="call"><strong>${method}</strong> <code>${path}</code></p>
    ${operation.description === undefined ? html`` : html`<p>${operation.description}</p>`}
    <p>
      Permission
      <code>${operation["x-permission"]}</code>${operation["x-all-accounts"] === true ? ", in all accounts" : ""}
    </p>
    ${parameters.length === 0 ? html`` : table("Parameters", parameters.map(parameterRow))}
    ${body === undefined ? html`` : table("Body", fieldRows(body, named))}
    ${joined(Object.entries(answer).map(([type, { schema }]) => answerSection(type, schema, named)))}
    <details>
      <summary>Example</summary>
      <pre><code>${curl({ method, path, operation }, named)}</code></pre>
    </details>
  </article> `;
}

function answerSection(type: string, schema: JsonSchema, named: Readonly<Record<string, JsonSchema>>): Html {
  if (type !== "application/json") return html`<p>Answers <code>${type}</code></p>`;
  const result = schema.properties?.["result"];
  const isInEnvelope = result !== undefined && schema.properties?.["errors"] !== undefined;
  const rows = fieldRows(isInEnvelope ? result : schema, named);
  return html`<details>
    <summary>${isInEnvelope ? "Result" : "Answer"}</summary>
    ${table("", rows)}
  </details>`;
}

function parameterRow({ name, in: place, required, description, schema }: OpenapiParameter): FieldRow {
  const [row] = fieldRows(schema, {});
  return {
    name,
    type: `${row?.type ?? ""}, in the ${place}`,
    isRequired: required,
    description: [description, row?.description].filter((text) => text !== undefined && text !== "").join(" "),
  };
}

function table(caption: string, rows: readonly FieldRow[]): Html {
  return html`<table>
    ${
      caption === ""
        ? html``
        : html`<caption>
            ${caption}
          </caption>`
    }
    <tbody>
      ${joined(
        rows.map(
          ({ name, type, isRequired, description }) =>
            html`<tr>
              <th scope="row"><code>${name}</code>${isRequired ? html` <em>required</em>` : html``}</th>
              <td>${type}</td>
              <td>${description}</td>
            </tr>`,
        ),
      )}
    </tbody>
  </table>`;
}

/** A call with what is required, for a POSIX shell. */
function curl({ method, path, operation }: Operation, named: Readonly<Record<string, JsonSchema>>): string {
  const required = (operation.parameters ?? []).filter((parameter) => parameter.in === "query" && parameter.required);
  const query = required.map(({ name, schema }) => `${name}=${encodeURIComponent(String(exampleOf(schema, named)))}`);
  const url = `http://localhost:8787${path}${query.length === 0 ? "" : `?${query.join("&")}`}`;
  const body = operation.requestBody?.content["application/json"]?.schema;
  const data = body === undefined ? [] : [`-d '${JSON.stringify(exampleOf(body, named)).replaceAll("'", "'\\''")}'`];
  const lines = [
    `curl${method === "GET" ? "" : ` -X ${method}`} '${url}'`,
    `-H "authorization: Bearer $HEADGATE_ADMIN_TOKEN"`,
    ...data,
  ];
  return lines.join(" \\\n  ");
}

function anchor(tag: string): string {
  return tag.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
}
