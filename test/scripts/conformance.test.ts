import { describe, expect, test } from '@jest/globals';
import { conformanceReport, type TestFile } from '../../scripts/conformance-report.ts';

const one = (suite: string, title: string, status = 'passed', failureMessages: readonly string[] = []) => ({
  ancestorTitles: [suite],
  title,
  status,
  failureMessages,
});
const GROUP = 'aws-iam, group keeps the provider contract';
const file = (...assertionResults: TestFile['assertionResults']): TestFile => ({
  name: 'aws-iam.test.ts',
  message: '',
  assertionResults,
});

describe('the summary of "npm run conformance"', () => {
  test('counts the cases of each suite, and names what failed and what was left out', () => {
    const results = [
      file(
        one(GROUP, 'a second grant changes nothing (I15)'),
        one(GROUP, 'a second revoke changes nothing', 'failed', [
          '\u001b[31mError: expected none\u001b[39m\n  at x',
        ]),
        one(GROUP, 'the cases of the kind "marks" do not apply: a membership cannot carry a mark'),
        one(GROUP, 'a case that the pattern leaves out', 'pending'),
        one('another test of the file', 'that is no case of the contract'),
      ),
      file(one('fake, in memory keeps the provider contract', 'a second grant changes nothing (I15)')),
    ];
    expect(conformanceReport(results)).toEqual({
      text: [
        'aws-iam, group: 1 passed, 1 failed',
        '  failed: a second revoke changes nothing: Error: expected none',
        '  left out: marks: a membership cannot carry a mark',
        'fake, in memory: 1 passed, 0 failed',
      ].join('\n'),
      failed: 1,
    });
  });

  test('fails when an exemption is not true any more', () => {
    const title = 'the cases of the kind "owner" do not apply: not written yet';
    expect(conformanceReport([file(one(GROUP, title, 'failed', ['Error: now there is one']))])).toEqual({
      text: `aws-iam, group: 0 passed, 1 failed\n  failed: ${title}: Error: now there is one`,
      failed: 1,
    });
  });

  test('fails when a file could not be loaded, and when no case was run', () => {
    const broken = { name: 'github.test.ts', message: 'SyntaxError: no\n  at y', assertionResults: [] };
    expect(conformanceReport([broken])).toEqual({
      text: 'failed: github.test.ts: SyntaxError: no\nNo case was run.',
      failed: 2,
    });
    expect(conformanceReport([])).toEqual({ text: 'No case was run.', failed: 1 });
  });
});
