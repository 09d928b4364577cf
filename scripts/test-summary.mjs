const escapeSequence = new RegExp(String.raw`\u001b\[[0-9;]*m`, "g");

/**
 * Reads the counts that `bun test` prints at its end.
 *
 * @param {string} output what it wrote to standard error
 * @returns {{ passed: number, failed: number, skipped: number } | undefined} undefined when it ended without them.
 *   A file that could not be loaded counts as a failure; tests marked "todo" count as skipped.
 */
export function testCounts(output) {
  const plain = output.replaceAll(escapeSequence, "");
  const closing = plain.lastIndexOf("\nRan ");
  if (closing === -1) return undefined;
  const counts = { pass: 0, fail: 0, error: 0, skip: 0, todo: 0 };
  const lines = plain.slice(0, closing).split("\n").toReversed();
  for (const line of lines) {
    const match = /^\s*(\d+) (pass|fail|error|skip|todo|expect\(\) calls|snapshots)/.exec(line);
    // The counts are one block; whatever stands above it is the tests' own.
    if (match === null) break;
    if (match[2] in counts) counts[match[2]] = Number(match[1]);
  }
  const failed = Math.max(counts.fail, counts.error > 0 ? 1 : 0);
  return { passed: counts.pass, failed, skipped: counts.skip + counts.todo };
}

/**
 * What `bun test` printed of each test that failed: its error, then its name.
 *
 * @param {string} output what it wrote to standard error
 * @param {number} maximumLines lines kept of each, the last ones
 * @returns {string[]} in the order they ran
 */
export function failureTexts(output, maximumLines = 60) {
  const all = output.replaceAll(escapeSequence, "").split("\n");
  // After its last file it names the tests that failed once more, without their errors.
  const repeatedFrom = all.findIndex((line) => /^\d+ tests? (failed|skipped):$/.test(line));
  const lines = repeatedFrom === -1 ? all : all.slice(0, repeatedFrom);
  const texts = [];
  let start = 0;
  for (const [index, line] of lines.entries()) {
    if (!/^\((pass|fail|skip|todo)\) /.test(line)) continue;
    const end = index + 1;
    if (line.startsWith("(fail) ")) texts.push(lines.slice(Math.max(start, end - maximumLines), end).join("\n"));
    start = end;
  }
  return texts;
}
