import { describe, expect, test } from '@jest/globals';
import { requestersOf } from '../../policy/judge/routes.ts';
import { edited, policyOf } from './quickstart.fixture.ts';

const policy = policyOf(edited('people.yaml', 'engineers: [ana, bo, cy]', 'engineers: [cy, dan, bo, ana]'));

/** Who may request the database of the orders: how many, and those on a page. */
function asked(from: number, most: number) {
  const entitlement = policy.entitlements.get('orders-db');
  if (!entitlement) throw new Error('the quickstart has no orders-db');
  const { count, requesters } = requestersOf(policy, entitlement, { from, most });
  return { count, people: requesters.map(({ person }) => person) };
}

describe('who may request an entitlement', () => {
  test('are the active people whom it names, in the order of people.yaml, and nobody who left', () =>
    expect(asked(0, 10)).toEqual({ count: 3, people: ['ana', 'bo', 'cy'] }));

  test('are counted whole on each page', () =>
    expect([asked(0, 2), asked(2, 2), asked(4, 2)]).toEqual([
      { count: 3, people: ['ana', 'bo'] },
      { count: 3, people: ['cy'] },
      { count: 3, people: [] },
    ]));
});
