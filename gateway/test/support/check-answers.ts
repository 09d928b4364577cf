import { isDeepStrictEqual } from "node:util";
import type { z } from "zod";
import { resultInfoSchema } from "../../src/management/openapi/envelope-schemas.ts";
import type { Route, RouteAnswer } from "../../src/management/route.ts";

/**
 * The same routes, each of which fails when it answers something else than it declares: a member missing, of another type, or not
 * declared at all. The caller then sees a 500.
 */
export function checkAnswers(routes: readonly Route[]): Route[] {
  return routes.map((route) => ({
    ...route,
    async handle(request) {
      const answer = await route.handle(request);
      const wrong = await answerFault(route, answer);
      if (wrong !== null) throw new Error(wrong);
      return answer;
    },
  }));
}

/** What an answer has that its route does not declare, or lacks; null when it is as declared. Refusals are. */
export async function answerFault({ method, path, answer: declared }: Route, answer: Response): Promise<string | null> {
  const wrong = answer.status === 200 ? await faultOf(declared, answer) : null;
  return wrong === null ? null : `${method} ${path} answered what it does not declare: ${wrong}`;
}

async function faultOf(declared: RouteAnswer, answer: Response): Promise<string | null> {
  const contentType = answer.headers.get("content-type") ?? "";
  if (declared.kind === "bytes") {
    const isDeclared = declared.contentTypes.some((type) => type === "*/*" || contentType.startsWith(type));
    return isDeclared ? null : contentType;
  }
  const body: unknown = await answer.clone().json();
  if (declared.kind === "json") return fault(declared.schema, body);
  const { result, result_info: info } = body as { readonly result: unknown; readonly result_info?: unknown };
  if (declared.kind === "result") return info === undefined ? fault(declared.schema, result) : "result_info";
  return fault(declared.item.array(), result) ?? fault(resultInfoSchema, info);
}

/** Members that a schema does not know are left out of what it answers. */
function fault(schema: z.ZodType, value: unknown): string | null {
  const { success, data, error } = schema.safeParse(value);
  if (!success) return JSON.stringify(error.issues.slice(0, 3));
  return isDeepStrictEqual(data, value) ? null : `a member that is not declared in ${JSON.stringify(value)}`;
}
