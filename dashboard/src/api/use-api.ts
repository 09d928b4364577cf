import { useQuery, useQueryClient } from "@tanstack/react-query";
import { isSame } from "../lib/differences.ts";
import { type ApiAnswer, type Asked, callApi, type OperationName } from "./call-api.ts";

/** What an operation answers, kept and asked for again as pages need it. @param isWanted whether it is asked at all; true when absent. */
export function useApi<Name extends OperationName>(name: Name, asked: Asked<Name>, isWanted = true) {
  return useQuery({
    queryKey: [name, asked],
    queryFn: ({ signal }) => callApi(name, { ...asked, signal }),
    enabled: isWanted,
    // Another page of a list may show the one before meanwhile; another gateway or account never.
    placeholderData: (before, query) => (isSame(placeOf(query?.queryKey), placeOf([name, asked])) ? before : undefined),
  });
}

/** Calls an operation that changes something; what pages show is asked for again after it. */
export function useChange() {
  const queries = useQueryClient();
  return async <Name extends OperationName>(name: Name, asked: Asked<Name>): Promise<ApiAnswer<Name>> => {
    const answer = await callApi(name, asked);
    // One change shows in many places: lists, history, audit log.
    void queries.invalidateQueries();
    return answer;
  };
}

function placeOf(key: readonly unknown[] = []): unknown {
  return (key[1] as { readonly path?: unknown } | undefined)?.path;
}
