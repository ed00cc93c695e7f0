import type { Policy } from '../../policy/index.ts';
import { formatProblem } from '../../policy/index.ts';
import type { EmbeddedServices } from './embedded.ts';

type Ready = Readonly<{
  home: string;
  /** The names of the settings of real services that are set. */
  ignored: readonly string[];
  embedded: Pick<EmbeddedServices, 'temporal' | 'aws'>;
  page: string;
  /** The address of the console. */
  pages: string;
  /** What the reaper does, and what its first pass found. */
  reaper: string;
  policy: Awaited<ReturnType<Policy['current']>>;
}>;

/** What runs, and what to do first. */
export function readyScreen({ home, ignored, embedded, page, pages, reaper, policy }: Ready): string {
  const { aws, temporal } = embedded;
  const rows = [
    ['Slack', `the sandbox workspace, ${page}`],
    ['Console', `${pages}, for auditors, approvers and everybody`],
    ['Temporal', temporal.address],
    ['Postgres', `in ${home}`],
    ['AWS', 'url' in aws ? 'simulated (moto)' : `none: ${aws.missing}`],
    ['GitHub', 'simulated'],
    ['Reaper', reaper],
    [
      'Policy',
      policy.ok
        ? `${policy.value.entitlements.size} entitlements`
        : `broken: ${policy.error.slice(0, 3).map(formatProblem).join('; ')}`,
    ],
  ];
  return [
    '',
    '  Curfew is running.',
    '',
    ...rows.map(([part, what]) => `    ${(part ?? '').padEnd(10)}${what}`),
    '',
    ...ignoredLines(ignored),
    `  Open  ${page}`,
    '  You are Ana, an engineer. Type  /access orders-db 5m incident 4312',
    '  Become Cy (at the top of the page) and press Approve. Become Ana again, and use the access.',
    '  The access ends by itself. If it expires after you press Ctrl-C, it is revoked after the next start.',
    '',
    `  Who had what, and who approved it:  ${pages}  (choose Ada, the auditor)`,
    '  In another terminal:  npx curfew list    npx curfew audit story <request>    npx curfew doctor',
    '  Ctrl-C stops everything.',
    '',
  ].join('\n');
}

const ignoredLines = (ignored: readonly string[]): readonly string[] =>
  ignored.length === 0
    ? []
    : [
        `  These settings are ignored, because the demo uses no real service: ${ignored.join(', ')}.`,
        '  To run Curfew on real services, set up Slack (docs/slack-setup.md) and run  npx curfew up',
        '',
      ];
