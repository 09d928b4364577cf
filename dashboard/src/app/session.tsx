import { queryOptions, useQuery } from "@tanstack/react-query";
import { callApi } from "../api/call-api.ts";
import type { Session } from "../api/generated/operations.ts";
import { storeCsrfToken } from "../api/session.ts";
import { useAccount } from "./account.tsx";

/** Who is asking and what they may. */
export const sessionQuery = queryOptions({
  queryKey: ["session"],
  staleTime: 60_000,
  async queryFn(): Promise<Session> {
    const { result } = await callApi("GET /api/session", {});
    storeCsrfToken(result.csrf_token);
    return result;
  },
});

/** Says whether whoever looks may do something in the account in use. */
export type May = (permission: string, where?: "here" | "everywhere") => boolean;

/**
 * Whether whoever looks has a permission in the account in use, or, for what belongs to the whole installation, everywhere. The server
 * decides; this is for leaving out what it would refuse.
 */
export function useMay(): May {
  const { accountId } = useAccount();
  const { data } = useQuery(sessionQuery);
  return (permission, where = "here") => {
    const places = where === "here" ? ["*", accountId] : ["*"];
    return places.some((place) => data?.permissions[place]?.includes(permission) === true);
  };
}
