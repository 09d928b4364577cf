import type { Html } from "./html.ts";

/** How the reference page looks, in light and dark, on wide and narrow screens. */
export const pageStyle: Html = {
  text: `
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 18%, transparent); --soft: color-mix(in srgb, currentColor 65%, transparent); }
body { display: grid; grid-template-columns: 17rem minmax(0, 1fr); margin: 0; font: 15px/1.5 system-ui, sans-serif; }
nav { position: sticky; top: 0; height: 100vh; overflow: auto; box-sizing: border-box; padding: 1rem; border-right: 1px solid var(--line); font-size: 13px; }
nav ul { list-style: none; margin: 0; padding: 0; }
nav ul ul { margin: 0 0 .75rem .75rem; }
main { max-width: 60rem; padding: 1rem 2rem 4rem; overflow-wrap: anywhere; }
a { color: inherit; }
article { border-top: 1px solid var(--line); padding-top: .5rem; margin-top: 1.5rem; }
h3 { margin: .25rem 0; }
.call { margin: .25rem 0; }
code, pre { font: 13px/1.45 ui-monospace, monospace; }
pre { overflow: auto; padding: .75rem; border: 1px solid var(--line); border-radius: 4px; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0; }
caption { text-align: left; font-weight: 600; }
th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid var(--line); font-weight: 400; }
th { width: 32%; overflow-wrap: anywhere; }
td:nth-child(2) { width: 24%; color: var(--soft); }
em { color: var(--soft); font-size: 12px; }
summary { cursor: pointer; color: var(--soft); }
@media (max-width: 50rem) { body { display: block; } nav { position: static; height: auto; border: 0; } main { padding: 1rem; } }
`,
};
