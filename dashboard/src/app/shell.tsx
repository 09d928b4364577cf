import { Link, Outlet, useNavigate } from "@tanstack/react-router";
import { useQuery } from "@tanstack/react-query";
import { LogOut, type LucideIcon, Menu, Monitor, Moon, Server, Sun } from "lucide-react";
import { useEffect, useState } from "react";
import { ApiError, callApi } from "../api/call-api.ts";
import { storeToken } from "../api/session.ts";
import { Button } from "../components/ui/button.tsx";
import { AccountProvider } from "./account.tsx";
import { chooseTheme, currentTheme, type Theme } from "./theme.ts";

interface Place {
  readonly to: "/ui/gateways";
  readonly label: string;
  readonly icon: LucideIcon;
}

const places: readonly Place[] = [{ to: "/ui/gateways", label: "Gateways", icon: Server }];

/** The frame of every page: where to go, which account, how it looks. Whoever is not known is sent to the sign-in page. */
export function Shell() {
  const [isOpen, setOpen] = useState(false);
  const navigate = useNavigate();
  const accounts = useQuery({ queryKey: ["accounts"], queryFn: () => callApi("GET /client/v4/accounts", {}) });
  const isUnknown = accounts.error instanceof ApiError && accounts.error.status === 401;
  useEffect(() => {
    if (isUnknown) void navigate({ to: "/ui/sign-in" });
  }, [isUnknown, navigate]);
  if (isUnknown) return null;
  return (
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
      <nav
        aria-label="Pages"
        className={`${isOpen ? "block" : "hidden"} border-r border-line bg-panel p-3 md:sticky md:top-0 md:flex md:h-dvh md:flex-col`}
      >
        <p className="mb-4 hidden px-2 text-base font-semibold md:block">Headgate</p>
        <ul className="grow space-y-0.5">
          {places.map(({ to, label, icon: Icon }) => (
            <li key={to}>
              <Link
                to={to}
                onClick={() => setOpen(false)}
                className="flex items-center gap-2 rounded px-2 py-1.5 text-soft hover:bg-hover hover:text-ink"
                activeProps={{ className: "bg-hover font-medium !text-ink", "aria-current": "page" }}
              >
                <Icon size={16} aria-hidden />
                {label}
              </Link>
            </li>
          ))}
        </ul>
        <ThemeChoice />
        <Button
          kind="plain"
          onClick={() => {
            storeToken(null);
            void navigate({ to: "/ui/sign-in" });
          }}
        >
          <LogOut size={16} aria-hidden /> Sign out
        </Button>
      </nav>
      <main id="content" className="min-w-0 p-4 md:p-6">
        <AccountProvider accounts={accounts.data?.result ?? []}>
          <Outlet />
        </AccountProvider>
      </main>
    </div>
  );
}

const themes: readonly { readonly theme: Theme; readonly label: string; readonly icon: LucideIcon }[] = [
  { theme: "system", label: "As the machine", icon: Monitor },
  { theme: "light", label: "Light", icon: Sun },
  { theme: "dark", label: "Dark", icon: Moon },
];

function ThemeChoice() {
  const [theme, setTheme] = useState(currentTheme);
  return (
    <div role="radiogroup" aria-label="Colours" className="mb-2 flex gap-1 px-2">
      {themes.map(({ theme: each, label, icon: Icon }) => (
        <button
          key={each}
          type="button"
          role="radio"
          aria-checked={theme === each}
          aria-label={label}
          title={label}
          className={`rounded p-1.5 ${theme === each ? "bg-hover text-ink" : "text-soft hover:text-ink"}`}
          onClick={() => {
            chooseTheme(each);
            setTheme(each);
          }}
        >
          <Icon size={14} aria-hidden />
        </button>
      ))}
    </div>
  );
}
