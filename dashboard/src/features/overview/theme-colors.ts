import { useEffect, useState } from "react";

const names = ["ink", "soft", "line", "accent", "good", "warn", "bad"] as const;

/** Colours of the theme in a form that a canvas takes. */
export type ThemeColors = Readonly<Record<(typeof names)[number], string>>;

/** The colours in force; others when the theme or the machine's preference changes. */
export function useThemeColors(): ThemeColors {
  const [colors, setColors] = useState(readColors);
  useEffect(() => {
    const read = (): void => setColors(readColors());
    const preference = globalThis.matchMedia("(prefers-color-scheme: dark)");
    const observer = new MutationObserver(read);
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    preference.addEventListener("change", read);
    return () => {
      observer.disconnect();
      preference.removeEventListener("change", read);
    };
  }, []);
  return colors;
}

/** A canvas knows neither variables nor `light-dark()`: the browser is asked what they come to. */
function readColors(): ThemeColors {
  const probe = document.createElement("span");
  document.body.append(probe);
  const entries = names.map((name) => {
    probe.style.color = `var(--color-${name})`;
    return [name, getComputedStyle(probe).color] as const;
  });
  probe.remove();
  return Object.fromEntries(entries) as ThemeColors;
}
