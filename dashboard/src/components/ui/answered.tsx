import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Failure } from "./failure.tsx";
import { Loading } from "./loading.tsx";

interface AnsweredProps<Data> {
  readonly query: UseQueryResult<Data>;
  readonly children: (data: Data) => ReactNode;
}

/** What was asked for, once it is there; that it is on its way before, and what to do when it does not come. */
export function Answered<Data>({ query, children }: AnsweredProps<Data>) {
  if (query.error !== null) return <Failure error={query.error} retry={() => void query.refetch()} />;
  return query.data === undefined ? <Loading /> : children(query.data);
}
