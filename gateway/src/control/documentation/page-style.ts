import type { Html } from "../../management/openapi/html.ts";

/** How pages of the documentation look, in light and dark, on wide and narrow screens. */
export const pageStyle: Html = {
  text: `
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 18%, transparent); --soft: color-mix(in srgb, currentColor 70%, transparent); --tint: color-mix(in srgb, currentColor 6%, transparent); }
html { scroll-padding-top: 1rem; }
body { display: grid; grid-template: "head head" auto "side main" 1fr / 17rem minmax(0, 1fr); margin: 0; font: 16px/1.6 system-ui, sans-serif; background: light-dark(#fff, #121518); color: light-dark(#1c2024, #e6eaee); }
header { grid-area: head; display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; padding: .75rem 1.5rem; border-bottom: 1px solid var(--line); font-size: 14px; }
header strong { margin-right: auto; }
nav.pages { grid-area: side; padding: 1rem 1.5rem 3rem; border-right: 1px solid var(--line); font-size: 14px; }
nav ul { list-style: none; margin: 0; padding: 0; }
nav.pages li { padding: .15rem 0; }
nav.pages h2 { font-size: 12px; text-transform: uppercase; letter-spacing: .06em; color: var(--soft); margin: 1.25rem 0 .35rem; padding: 0; border: 0; }
nav.sections { border-left: 3px solid var(--line); padding: .25rem 0 .25rem 1rem; margin: 1.25rem 0; font-size: 14px; }
main { grid-area: main; box-sizing: border-box; width: 100%; max-width: 56rem; padding: 1rem 2.5rem 4rem; overflow-wrap: break-word; }
h1 { font-size: 1.9rem; line-height: 1.25; margin: .5rem 0 1rem; }
h2 { font-size: 1.35rem; margin: 2.25rem 0 .75rem; padding-top: .75rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.1rem; margin: 1.75rem 0 .5rem; }
a { color: light-dark(#0b57d0, #8ab4f8); text-underline-offset: 2px; }
nav a, header a { color: inherit; text-decoration: none; }
nav a:hover, header a:hover { text-decoration: underline; }
a[aria-current] { font-weight: 650; }
a:focus-visible, [tabindex]:focus-visible { outline: 2px solid light-dark(#0b57d0, #8ab4f8); outline-offset: 2px; }
code, pre { font: 13.5px/1.5 ui-monospace, SFMono-Regular, Menlo, monospace; }
code { background: var(--tint); border-radius: 4px; padding: .1em .3em; }
pre { overflow: auto; padding: .85rem 1rem; border: 1px solid var(--line); border-radius: 6px; background: var(--tint); }
pre code { background: none; padding: 0; }
.wide { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; font-size: 14.5px; }
th, td { text-align: left; vertical-align: top; padding: .4rem .9rem .4rem 0; border-bottom: 1px solid var(--line); min-width: 4.5rem; }
td code { overflow-wrap: anywhere; }
img { max-width: 100%; height: auto; }
blockquote { margin: 1rem 0; padding-left: 1rem; border-left: 3px solid var(--line); color: var(--soft); }
.skip { position: absolute; left: -100vw; }
.skip:focus { position: static; }
@media (max-width: 52rem) {
  body { display: block; }
  header { padding: .75rem 1rem; }
  main { padding: .5rem 1rem 2rem; }
  table { min-width: 34rem; }
  nav.pages { border: 0; border-top: 1px solid var(--line); padding: 1rem; }
}
@media print { header, nav { display: none; } body { display: block; } }
`,
};
