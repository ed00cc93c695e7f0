import { expect, test } from '@jest/globals';
import { EndAllProgress } from '../../console/pages/person/end-all.tsx';
import { Locks } from '../../console/pages/person/locks.tsx';
import type { EndAllAnswer } from '../../console/pages/person/read-end-all.ts';
import type { EndingProgress } from '../../wording/mass-endings.ts';
import { ana } from '../core/request/request.fixture.ts';
import { htmlOf } from './component.fixture.ts';
import { textOf } from './console.fixture.ts';

const late = ['github', 'postgres'].map((provider) => ({
  lease: `lease_${provider}`,
  provider,
  fault: null,
}));
const DONE: EndingProgress = {
  ...{ scope: { kind: 'person', person: ana }, left: 0, ended: 2, over: 2, granted: 2, unconfirmed: 0 },
  ...{ late: [], lateCount: 0, cutOffs: [], sessions: [] },
};

test.each<[string, Partial<EndingProgress>, late: number]>([
  ['both accesses that are late while the ending goes on', { over: 0, late, lateCount: 2 }, 2],
  ['no access as late after the ending is done', { late }, 0],
  ['no access as late when none is', { over: 0 }, 0],
])('the progress of an ending shows %s', async (_what, more, shown) => {
  const answer = { person: ana, ungranted: { rows: [], hasMore: false } } as unknown as EndAllAnswer;
  const progress = { ...DONE, ...more };
  const page = textOf(await htmlOf(EndAllProgress, { answer, progress }));
  expect([...page.matchAll(/Late: /g)]).toHaveLength(shown);
  for (const { provider } of progress.late.slice(0, shown)) expect(page).toContain(provider);
});

test('the progress of an ending shows the access that Curfew did not grant, and leads to itself and to the person', async () => {
  const row = {
    ...{ id: 'find_1', account: 'ana-f', provider: 'github', target: 'acme/web', level: 'write' },
    ...{ since: 1_767_614_400_000, basis: 'finding' },
  };
  const answer = { person: ana, ungranted: { rows: [row], hasMore: false } } as unknown as EndAllAnswer;
  const address = '/people/ana/end?click=1';
  const page = await htmlOf(EndAllProgress, { answer, progress: DONE }, { address });
  expect(textOf(page)).toMatch(/Access that Curfew did not grant \(1\).*ana-f github: acme\/web write/);
  const links = [...page.matchAll(/<a href="([^"]+)">([^<]+)</g)].map(([, ...link]) => link);
  expect(links).toEqual([
    ['/people/ana/end?click=1', 'Look again'],
    ['/people/ana', 'What they have now'],
    ['/people/ana', 'ana'],
  ]);
});

test('the page of a person shows what each provider still refuses after a lock was lifted', async () => {
  const denied = ['aws-iam', 'github'].map((provider) => ({
    ...{ kind: 'denied', provider, seen: 'a policy refuses every call', toUndo: ['Delete the policy.'] },
  }));
  const locks = { held: [], denied } as unknown as Parameters<typeof Locks>[0]['locks'];
  const page = textOf(await htmlOf(Locks, { locks }));
  for (const { provider } of denied) expect(page).toContain(`${provider} may still refuse this access`);
});
