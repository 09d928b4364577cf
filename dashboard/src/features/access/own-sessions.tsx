import { useApi, useChange } from "../../api/use-api.ts";
import { Answered } from "../../components/ui/answered.tsx";
import { SessionTable } from "./session-table.tsx";

/** Where the person who looks is signed in. */
export function OwnSessions() {
  const change = useChange();
  const sessions = useApi("GET /api/session/open", { query: { per_page: 100 } });
  return (
    <section aria-labelledby="sessions-title">
      <h2 id="sessions-title" className="mb-2 font-semibold">
        Where you are signed in
      </h2>
      <Answered query={sessions}>
        {({ result }) => (
          <SessionTable
            label="Where you are signed in"
            sessions={result}
            withPerson={false}
            onEnd={({ id }) => change("DELETE /api/session/open/{session_id}", { path: { session_id: id } })}
          />
        )}
      </Answered>
    </section>
  );
}
