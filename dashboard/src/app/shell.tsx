import { Outlet, useNavigate } from "@tanstack/react-router";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { LogOut, Menu } from "lucide-react";
import { useEffect, useState } from "react";
import { ApiError, callApi } from "../api/call-api.ts";
import { storeCsrfToken, storeToken, storedToken } from "../api/session.ts";
import { Button } from "../components/ui/button.tsx";
import { Failure } from "../components/ui/failure.tsx";
import { Loading } from "../components/ui/loading.tsx";
import { AccountChoice } from "./account-choice.tsx";
import { AccountProvider } from "./account.tsx";
import { Places } from "./places.tsx";
import { sessionQuery } from "./session.tsx";
import { ThemeChoice } from "./theme-choice.tsx";

/** The frame of every page: where to go, which account, how it looks. Whoever is not known is sent to the sign-in page. */
export function Shell() {
  const [isOpen, setOpen] = useState(false);
  const navigate = useNavigate();
  const session = useQuery(sessionQuery);
  // Asked at once, as both are needed for any page; of somebody unknown the session tells.
  const accounts = useQuery({
    queryKey: ["accounts"],
    queryFn: () => callApi("GET /client/v4/accounts", { query: { per_page: 100 } }),
  });
  const isUnknown = session.error instanceof ApiError && session.error.status === 401;
  useEffect(() => {
    if (isUnknown) void navigate({ to: "/ui/sign-in" });
  }, [isUnknown, navigate]);
  if (isUnknown) return null;
  const error = session.error ?? accounts.error;
  const isKnown = session.data !== undefined && accounts.data !== undefined;
  return (
    <AccountProvider accounts={accounts.data?.result ?? []}>
      <div className="min-h-dvh md:grid md:grid-cols-[13rem_1fr]">
        <a href="#content" className="sr-only focus:not-sr-only focus:absolute focus:p-2">
          Skip to content
        </a>
        <header className="flex items-center gap-2 border-b border-line bg-panel px-3 py-2 md:hidden">
          <Button kind="plain" aria-expanded={isOpen} aria-label="Menu" onClick={() => setOpen(!isOpen)}>
            <Menu size={18} aria-hidden />
          </Button>
          <span className="font-semibold">Headgate</span>
        </header>
        <div
          className={`${isOpen ? "block" : "hidden"} border-r border-line bg-panel p-3 md:sticky md:top-0 md:flex md:h-dvh md:flex-col md:overflow-y-auto`}
        >
          <p className="mb-3 hidden px-2 text-base font-semibold md:block">Headgate</p>
          <AccountChoice />
          <Places onGo={() => setOpen(false)} />
          <Viewer name={session.data?.email ?? session.data?.name ?? null} />
        </div>
        <main id="content" className="min-w-0 p-4 md:p-6">
          {error !== null ? <Failure error={error} retry={() => void session.refetch()} /> : null}
          {error === null && !isKnown ? <Loading /> : null}
          {isKnown ? <Outlet /> : null}
        </main>
      </div>
    </AccountProvider>
  );
}

/** Who looks, how it looks to them, and the way out. */
function Viewer({ name }: { readonly name: string | null }) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const signOut = async (): Promise<void> => {
    // A token is only forgotten here; a session ends at the server as well.
    if (storedToken() === null) await callApi("DELETE /api/session", {}).catch(() => {});
    storeToken(null);
    storeCsrfToken(null);
    queries.clear();
    await navigate({ to: "/ui/sign-in" });
  };
  return (
    <div className="space-y-2 border-t border-line pt-3">
      <p className="truncate px-2 text-xs text-soft" title={name ?? undefined}>
        {name ?? "Signed in with a token"}
      </p>
      <ThemeChoice />
      <Button className="w-full" onClick={() => void signOut()}>
        <LogOut size={16} aria-hidden /> Sign out
      </Button>
    </div>
  );
}
