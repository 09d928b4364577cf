import { ApiError } from "../../api/call-api.ts";
import { Button } from "./button.tsx";

/** What went wrong and what to do about it. */
export function Failure({ error, retry }: { readonly error: unknown; readonly retry?: () => void }) {
  return (
    <div role="alert" className="rounded border border-bad bg-panel p-4">
      <p className="font-medium text-bad">{titleOf(error)}</p>
      <p className="mt-1 text-soft">{error instanceof Error ? error.message : String(error)}</p>
      {retry === undefined ? null : (
        <Button className="mt-3" onClick={retry}>
          Try again
        </Button>
      )}
    </div>
  );
}

function titleOf(error: unknown): string {
  if (!(error instanceof ApiError)) return "Something went wrong on this page";
  if (error.status === 0) return "The gateway does not answer";
  if (error.status === 401) return "You are not signed in";
  if (error.status === 403) return "You may not see or do this; ask an owner of this account";
  if (error.status === 404) return "This is not there (any more)";
  return "The gateway refused";
}
