/** One change of the code that no test noticed. `line` is the code before the change, `became` the changed part. */
export type Mutant = Readonly<{ file: string; line: string; became: string }>;
/** What `test/mutation/<folder>.json` holds. A score is in percent. */
export type Record = Readonly<{
  score: number;
  mutants: number;
  accepted: readonly (Mutant & Readonly<{ reason: string }>)[];
}>;

type Position = Readonly<{ line: number; column: number }>;
/** The part of Stryker's report that is read here (mutation-testing-report-schema 2). */
type Report = Readonly<{
  files: Readonly<{
    [file: string]: Readonly<{
      source: string;
      mutants: readonly Readonly<{
        status: string;
        replacement?: string;
        /** Why it has its status: the error of the test that noticed it. */
        statusReason?: string;
        location: Readonly<{ start: Position; end: Position }>;
      }>[];
    }>;
  }>;
}>;

const NOTICED = ['Killed', 'Timeout'];
const SURVIVED = ['Survived', 'NoCoverage'];

/**
 * The share of the changes that a test noticed, in percent, and the changes that none did. `timedOut` are noticed because
 * their tests did not end: an endless loop, or a machine that was too slow.
 */
export function survivorsOf(report: Report): {
  score: number;
  mutants: number;
  survivors: readonly Mutant[];
  timedOut: readonly Mutant[];
} {
  let noticed = 0;
  const [survivors, timedOut]: [Mutant[], Mutant[]] = [[], []];
  for (const [file, { source, mutants }] of Object.entries(report.files)) {
    const lines = source.split('\n');
    for (const { status, replacement = '', statusReason = '', location } of mutants) {
      if (NOTICED.includes(status)) noticed += 1;
      const isTimeout = status === 'Timeout' || statusReason.includes('Exceeded timeout of');
      const list = SURVIVED.includes(status) ? survivors : isTimeout ? timedOut : undefined;
      if (!list) continue;
      const { start, end } = location;
      const line = lines[start.line - 1] ?? '';
      const before = line.slice(0, start.column - 1).trimStart();
      const after = start.line === end.line ? line.slice(end.column - 1) : '';
      list.push({ file, line: line.trim(), became: oneLine(`${before}${replacement}${after}`) });
    }
  }
  const mutants = noticed + survivors.length;
  return {
    score: mutants === 0 ? 100 : Math.round((noticed / mutants) * 1000) / 10,
    mutants,
    survivors,
    timedOut,
  };
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();
