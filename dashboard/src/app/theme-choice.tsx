import { type LucideIcon, Monitor, Moon, Sun } from "lucide-react";
import { useState } from "react";
import { chooseTheme, currentTheme, type Theme } from "./theme.ts";

const themes: readonly { readonly theme: Theme; readonly label: string; readonly icon: LucideIcon }[] = [
  { theme: "system", label: "As the machine", icon: Monitor },
  { theme: "light", label: "Light", icon: Sun },
  { theme: "dark", label: "Dark", icon: Moon },
];

/** Light, dark, or as the machine is set. */
export function ThemeChoice() {
  const [theme, setTheme] = useState(currentTheme);
  return (
    <div role="group" aria-label="Colours" className="flex gap-1 px-2">
      {themes.map(({ theme: each, label, icon: Icon }) => (
        <button
          key={each}
          type="button"
          aria-pressed={theme === each}
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
