import { type ManagementError } from "./management-error.ts";

/** What a list says of itself beside its rows; more members where an endpoint has more to say. */
export interface ResultInfo {
  /** Rows in this answer. */
  readonly count: number;
  /** 1-based page. */
  readonly page: number;
  readonly per_page: number;
  /** Rows on all pages. */
  readonly total_count: number;
  readonly [member: string]: unknown;
}

/** Something worth knowing about an answer that is none the less what was asked for. */
export interface Notice {
  /** 9100 for notices of our own. */
  readonly code: number;
  readonly message: string;
  readonly [member: string]: unknown;
}

/** `result` in the v4 envelope (reference §14.0), with `result_info` for lists. */
export function success(result: unknown, resultInfo?: ResultInfo, messages: readonly Notice[] = []): Response {
  const info = resultInfo === undefined ? {} : { result_info: resultInfo };
  return Response.json({ success: true, errors: [], messages, result, ...info }, { headers: uncached });
}

/** A refusal in the v4 envelope: `errors: [{code, message, path?}]`, `result: null`. Path members are texts, as clients expect. */
export function failure({ definition, faults, headers }: ManagementError): Response {
  const { code, status } = definition;
  const errors = faults.map(({ message, path }) => ({
    code,
    message,
    ...(path === undefined ? {} : { path: path.map(String) }),
  }));
  return Response.json(
    { success: false, errors, messages: [], result: null },
    { status, headers: { ...uncached, ...headers } },
  );
}

/** Answers hold what people wrote to models: no cache on the way may keep them, and no browser may guess their kind. */
export const uncached = { "cache-control": "no-store", "x-content-type-options": "nosniff" } as const;
