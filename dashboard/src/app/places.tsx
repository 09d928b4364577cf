import { Link } from "@tanstack/react-router";
import {
  Activity,
  BookOpenCheck,
  Boxes,
  Building2,
  ChartLine,
  CircleDollarSign,
  CircleUser,
  FlaskConical,
  Gauge,
  History,
  KeyRound,
  Lock,
  type LucideIcon,
  Rocket,
  ScrollText,
  Server,
  Users,
} from "lucide-react";
import { type May, useMay } from "./session.tsx";

interface Place {
  readonly to:
    | "/ui/overview"
    | "/ui/logs"
    | "/ui/start"
    | "/ui/playground"
    | "/ui/gateways"
    | "/ui/history"
    | "/ui/tokens"
    | "/ui/members"
    | "/ui/audit"
    | "/ui/you"
    | "/ui/limits"
    | "/ui/providers"
    | "/ui/secrets"
    | "/ui/prices"
    | "/ui/accounts"
    | "/ui/system";
  readonly label: string;
  readonly icon: LucideIcon;
  /** Whether whoever looks may see anything there. */
  readonly isOpen: (may: May) => boolean;
}

const groups: readonly { readonly title: string; readonly places: readonly Place[] }[] = [
  {
    title: "See",
    places: [
      { to: "/ui/overview", label: "Overview", icon: ChartLine, isOpen: (may) => may("analytics.read") },
      { to: "/ui/logs", label: "Logs", icon: ScrollText, isOpen: (may) => may("logs.read") },
      { to: "/ui/playground", label: "Playground", icon: FlaskConical, isOpen: (may) => may("gateways.read") },
      { to: "/ui/start", label: "First steps", icon: Rocket, isOpen: (may) => may("gateways.read") },
    ],
  },
  {
    title: "Set up",
    places: [
      { to: "/ui/gateways", label: "Gateways", icon: Server, isOpen: (may) => may("gateways.read") },
      {
        to: "/ui/limits",
        label: "Budgets",
        icon: Gauge,
        isOpen: (may) => may("budgets.read") || may("limits.read"),
      },
      { to: "/ui/providers", label: "Providers", icon: Boxes, isOpen: (may) => may("providers.read") },
      { to: "/ui/secrets", label: "Secrets", icon: Lock, isOpen: (may) => may("secrets.read") },
      { to: "/ui/prices", label: "Prices", icon: CircleDollarSign, isOpen: (may) => may("prices.read") },
      { to: "/ui/history", label: "History", icon: History, isOpen: (may) => may("config.read") },
    ],
  },
  {
    title: "Access",
    places: [
      { to: "/ui/tokens", label: "API tokens", icon: KeyRound, isOpen: (may) => may("tokens.read") },
      { to: "/ui/members", label: "Members", icon: Users, isOpen: (may) => may("users.read") },
      { to: "/ui/audit", label: "Audit log", icon: BookOpenCheck, isOpen: (may) => may("audit.read") },
      { to: "/ui/you", label: "You", icon: CircleUser, isOpen: () => true },
    ],
  },
  {
    title: "Installation",
    places: [
      { to: "/ui/accounts", label: "Accounts", icon: Building2, isOpen: (may) => may("accounts.edit", "everywhere") },
      { to: "/ui/system", label: "System", icon: Activity, isOpen: () => true },
    ],
  },
];

/** Every page there is for whoever looks. @param onGo called when one is chosen. */
export function Places({ onGo }: { readonly onGo: () => void }) {
  const may = useMay();
  return (
    <nav aria-label="Pages" className="mb-3 grow space-y-4">
      {groups.map(({ title, places }) => {
        const open = places.filter(({ isOpen }) => isOpen(may));
        if (open.length === 0) return null;
        return (
          <div key={title}>
            <p className="mb-1 px-2 text-xs text-soft">{title}</p>
            <ul className="space-y-0.5">
              {open.map(({ to, label, icon: Icon }) => (
                <li key={to}>
                  <Link
                    to={to}
                    onClick={onGo}
                    className="flex items-center gap-2 rounded px-2 py-1.5 text-soft hover:bg-hover hover:text-ink"
                    activeProps={{ className: "bg-hover font-medium !text-ink", "aria-current": "page" }}
                  >
                    <Icon size={16} aria-hidden />
                    {label}
                  </Link>
                </li>
              ))}
            </ul>
          </div>
        );
      })}
    </nav>
  );
}
