/**
 * What a test that fails prints beside its error: the events of its requests and the last lines of each part's log. The
 * fixtures name the sources. `test/setup/environment.mjs` calls `explainFailure` after a failure, before any clean-up.
 */
type Source = Readonly<{ name: string; read: () => Promise<readonly string[]> | readonly string[] }>;

const sources = new Set<Source>();
const LAST_LINES = 25;

/** Adds a source for this test file. Returns a function that removes it. */
export function explainWith(name: string, read: Source['read']): () => void {
  const source = { name, read };
  sources.add(source);
  return () => void sources.delete(source);
}

/** Keeps the last lines of one part's log as a source. Returns a function that takes a line. */
export function explainWithLog(name: string): (line: string) => void {
  const lines: string[] = [];
  explainWith(name, () => lines);
  return (line) => {
    lines.push(line.trimEnd().slice(0, 400));
    if (lines.length > LAST_LINES) lines.shift();
  };
}

async function explainFailure(): Promise<string> {
  const parts: string[] = [];
  for (const { name, read } of sources) {
    const lines = await Promise.resolve()
      .then(read)
      .catch((error: unknown) => [`cannot be read: ${String(error)}`]);
    if (lines.length > 0) parts.push([`${name}:`, ...lines.slice(-LAST_LINES)].join('\n  '));
  }
  return parts.join('\n\n');
}

Object.assign(globalThis, { explainFailure });
