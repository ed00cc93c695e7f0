import type { Policy } from '../../policy/index.ts';
import { formatProblem } from '../../policy/index.ts';
import type { Embedded } from './embedded.ts';
import type { Settings } from '../../app/settings/settings.ts';

type Ready = Readonly<{
  settings: Settings;
  embedded: Embedded;
  page: string | undefined;
  policy: Awaited<ReturnType<Policy['current']>>;
}>;

/** What runs, and what to do first. */
export function readyScreen({ settings, embedded, page, policy }: Ready): string {
  const { aws } = embedded;
  const rows = [
    ['Slack', page === undefined ? 'your workspace' : `the sandbox workspace, ${page}`],
    ['Temporal', embedded.temporal?.address ?? 'yours'],
    ['Postgres', embedded.database ? `in ${settings.home}` : 'yours'],
    ['AWS', aws === undefined ? 'yours' : 'url' in aws ? 'simulated (moto)' : `none: ${aws.missing}`],
    ['GitHub', embedded.github ? 'simulated' : 'yours'],
    [
      'Policy',
      policy.ok
        ? `${policy.value.entitlements.size} entitlements`
        : `broken: ${policy.error.slice(0, 3).map(formatProblem).join('; ')}`,
    ],
  ];
  const first =
    page === undefined
      ? ['Type /access in Slack.']
      : [
          `Open  ${page}`,
          'You are Ana, an engineer. Type  /access orders-db 5m incident 4312',
          'Become Cy (at the top of the page) and press Approve. Become Ana again, and use the access.',
          'The access ends by itself, also when you press Ctrl-C and start again later.',
        ];
  return [
    '',
    '  Curfew is running.',
    '',
    ...rows.map(([part, what]) => `    ${(part ?? '').padEnd(10)}${what}`),
    '',
    ...first.map((line) => `  ${line}`),
    '',
    '  In another terminal:  npx curfew list    npx curfew audit story <request>    npx curfew doctor',
    '  Ctrl-C stops everything.',
    '',
  ].join('\n');
}
