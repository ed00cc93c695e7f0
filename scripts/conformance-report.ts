const SUITE = /^(.+) keeps the provider contract$/;
const EXEMPTION = /^the cases of the kind "(.+)" do not apply: (.+)$/;

/** The parts of Jest's JSON that this reads. */
type Case = Readonly<{
  ancestorTitles: readonly string[];
  title: string;
  status: string;
  failureMessages: readonly string[];
}>;
export type TestFile = Readonly<{ name: string; message: string; assertionResults: readonly Case[] }>;

/**
 * What the run of the contract's cases says, for people. `testResults` are Jest's results for each file. Each suite has a line with its
 * numbers, one for each case that failed, and one for each kind of cases that was left out, with the reason.
 */
export function conformanceReport(
  testResults: readonly TestFile[],
): Readonly<{ text: string; failed: number }> {
  const suites = new Map<string, { passed: number; failed: string[]; exempt: string[] }>();
  for (const { ancestorTitles, title, status, failureMessages } of testResults.flatMap(
    (file) => file.assertionResults,
  )) {
    const [, suite] = SUITE.exec(ancestorTitles[0] ?? '') ?? [];
    if (suite === undefined || (status !== 'passed' && status !== 'failed')) continue;
    const found = suites.get(suite) ?? { passed: 0, failed: [], exempt: [] };
    suites.set(suite, found);
    const [, kind, reason] = EXEMPTION.exec(title) ?? [];
    if (status === 'failed') found.failed.push(`${title}: ${firstLine(failureMessages)}`);
    else if (kind) found.exempt.push(`${kind}: ${reason}`);
    else found.passed += 1;
  }
  // A file that could not be loaded, or a server that did not start, has no cases.
  const broken = testResults
    .filter(({ assertionResults, message }) => assertionResults.length === 0 && message)
    .map(({ name, message }) => `${name}: ${firstLine([message])}`);
  const lines = [...suites].flatMap(([suite, { passed, failed, exempt }]) => [
    `${suite}: ${passed} passed, ${failed.length} failed`,
    ...failed.map((each) => `  failed: ${each}`),
    ...exempt.map((each) => `  left out: ${each}`),
  ]);
  const failed = [...suites.values()].flatMap((suite) => suite.failed).length + broken.length;
  const nothing = suites.size === 0 ? ['No case was run.'] : [];
  return {
    text: [...lines, ...broken.map((each) => `failed: ${each}`), ...nothing].join('\n'),
    failed: failed + nothing.length,
  };
}

// The colours of a terminal are left out.
const firstLine = (messages: readonly string[]): string =>
  (messages[0] ?? '').replaceAll(/\u001b\[\d+m/g, '').split('\n')[0] ?? '';
