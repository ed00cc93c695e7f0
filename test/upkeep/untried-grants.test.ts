import { expect, test } from '@jest/globals';
import { runUntriedGrants } from '../../upkeep/untried-grants.ts';
import { until } from '../until.fixture.ts';

test('the log names each grant that nothing tried, in each pass, also after one that failed (F31)', async () => {
  const answers = [['lease_1', 'lease_2'], new Error('the ledger is away'), [], ['lease_3']];
  const lines: (readonly [string, object, string])[] = [];
  let looks = 0;
  const noteUntriedGrants = () => {
    const answer = answers[looks] ?? [];
    looks += 1;
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  const write = (level: string) => (details: object, line: string) => void lines.push([level, details, line]);
  const watch = runUntriedGrants(
    { ledger: { noteUntriedGrants } as never },
    { everySeconds: 0.001, log: { warn: write('warn'), error: write('error') } },
  );
  await until('every answer was given', () => looks > answers.length);
  await watch.stop();
  expect(lines).toEqual([
    ['warn', { leases: ['lease_1', 'lease_2'] }, 'approved grants that nothing tried'],
    ['error', { error: 'the ledger is away' }, 'the sweeper could not look for grants that nothing tried'],
    ['warn', { leases: ['lease_3'] }, 'approved grants that nothing tried'],
  ]);
});
