import { useState } from "react";
import { useApi, useChange } from "../../api/use-api.ts";
import { useMay } from "../../app/session.tsx";
import { Answered } from "../../components/ui/answered.tsx";
import { Pager } from "../../components/ui/pager.tsx";
import { SessionTable } from "./session-table.tsx";

const PER_PAGE = 20;

/** Where everybody is signed in, the last used first. */
export function EverybodysSessions() {
  const may = useMay();
  const change = useChange();
  const [page, setPage] = useState(1);
  const sessions = useApi("GET /api/sessions", { query: { page, per_page: PER_PAGE } });
  const end = ({ id }: { readonly id: string }) =>
    change("DELETE /api/sessions/{session_id}", { path: { session_id: id } });
  return (
    <section aria-labelledby="sessions-title">
      <h2 id="sessions-title" className="mb-2 font-semibold">
        Who is signed in
      </h2>
      <Answered query={sessions}>
        {({ result, info }) => (
          <>
            <SessionTable
              label="Who is signed in"
              sessions={result}
              withPerson
              onEnd={may("users.edit", "everywhere") ? end : undefined}
            />
            <Pager page={page} perPage={PER_PAGE} total={info?.total_count ?? 0} onPage={setPage} />
          </>
        )}
      </Answered>
    </section>
  );
}
