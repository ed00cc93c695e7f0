import { expect, test } from '@jest/globals';
import { attemptPoints, openContentLimit, pointsOf } from '../../providers/github/points.ts';
import { ONCALL } from './github.fixture.ts';

const ENTRY = { method: 'PUT', path: '/repos/lantern/orders/collaborators/ana' };
const QUERY = { method: 'POST', path: '/graphql' };
const MEMBERSHIP = { method: 'PUT', path: '/organizations/1/team/2/memberships/ana' };

test.each([
  ['a read', { method: 'GET', path: '/user/1' }, 1],
  ['a query', QUERY, 0.5],
  ['a new token', { method: 'POST', path: '/app/installations/1/access_tokens' }, 5],
  ['a removal', { ...ENTRY, method: 'DELETE' }, 5],
  ['an entry in a repository', ENTRY, 12],
  ['a membership', MEMBERSHIP, 5],
  ['an invitation that is lowered', { method: 'PATCH', path: '/repos/lantern/orders/invitations/7' }, 12],
])('%s costs its points, and fewer calls fit into a minute than GitHub takes', (_, call, points) => {
  expect(pointsOf(call)).toBe(points);
  expect(900 / pointsOf(ENTRY)).toBeLessThan(80);
  for (const kind of ['grant', 'end'] as const) expect(900 / attemptPoints(kind, ONCALL)).toBeLessThan(80);
  expect(900 / pointsOf(QUERY)).toBeLessThan(2_000); // GitHub counts queries by themselves.
});

test('within an hour, grants add at most 250 entries to repositories, and removals have the other 250 (I25)', () => {
  let now = 0;
  const content = openContentLimit(() => now);
  const takeMany = (count: number) => {
    for (let each = 0; each < count; each += 1) content.take(ENTRY);
  };
  for (let each = 0; each < 1_000; each += 1) content.take(MEMBERSHIP);
  expect(content.closedMs(ENTRY)).toEqual({ removal: 0, other: 0 });
  takeMany(250);
  expect(content.closedMs(ENTRY)).toEqual({ removal: 0, other: 3_601_000 });
  takeMany(250);
  expect(content.closedMs(ENTRY)).toEqual({ removal: 3_601_000, other: 3_601_000 });
  expect(content.closedMs({ ...ENTRY, method: 'DELETE' })).toEqual({ removal: 0, other: 0 });
  expect(content.closedMs(MEMBERSHIP)).toEqual({ removal: 0, other: 0 });
  now = 3_601_000;
  expect(content.closedMs(ENTRY)).toEqual({ removal: 0, other: 0 });
});
