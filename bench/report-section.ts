const lastHeading = "## History";

/** A report with one section as it is by now, before the history; an earlier one of that heading is dropped. */
export function withSection(report: string, { heading, text }: { readonly heading: string; readonly text: string }) {
  const sections = report.split(/^(?=## )/m).filter((section) => !section.startsWith(heading));
  const at = sections.findIndex((section) => section.startsWith(lastHeading));
  return sections.toSpliced(at === -1 ? sections.length : at, 0, `${text}\n\n`).join("");
}
