import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Instant } from '../../core/ids.ts';
import type { Use } from '../../core/use.ts';
import { LATE_MS } from '../../providers/github/use.ts';
import type { GitHubTarget } from '../../providers/github/index.ts';
import { newLease } from './conformance.fixture.ts';
import { ANA, ONCALL, openGitHub, ORDERS, ZOE } from './github.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';

let fixture: Awaited<ReturnType<typeof openGitHub>>;
beforeEach(async () => void (fixture = await openGitHub()));
afterEach(() => fixture.stop());

const HOUR = 3_600_000;
const now = Date.now();
const at = (hours: number): Instant => (now + hours * HOUR) as Instant;

/** Somebody did this many things in the repository. */
function did(login: string, when: Instant, times = 1): void {
  const state = fixture.github.state();
  const repo = state.repos.find(({ name }) => name === 'orders');
  const actor = state.users.find((user) => user.login === login)?.id ?? 0;
  if (!repo) throw new Error('no repository "orders"');
  repo.events ??= [];
  for (let number = 0; number < times; number += 1)
    repo.events.push({ id: number, type: 'PushEvent', actor, createdAt: when });
}

async function read(target: GitHubTarget = ORDERS): Promise<Use> {
  const { subject, target: found } = await fixture.provider.observe({ account: ANA, target }, neverAborts);
  const query = { lease: newLease(), subject, target: found, grantedAt: at(-4), endedAt: at(-1), now: at(0) };
  return fixture.provider.readUse(query, neverAborts);
}

describe('what GitHub shows of a lease on a repository', () => {
  test('the events of the person between the grant and the end are counted', async () => {
    did(ANA, at(-5));
    did(ANA, at(-3));
    did(ZOE, at(-3), 5);
    did(ANA, at(-2));
    did(ANA, at(-0.5));
    expect(await read()).toMatchObject({
      ...{ kind: 'known', amount: 2, unit: 'events', parts: [] },
      ...{ first: at(-3), last: at(-2) },
    });
  });

  test('without an event the use is unknown and not "not used", because a read is no event', async () => {
    did(ZOE, at(-2));
    expect(await read()).toMatchObject({
      kind: 'unknown',
      why: expect.stringContaining('does not show what somebody reads'),
    });
  });

  test('events that others pushed out of the last 300 are not counted, and no page is asked that GitHub refuses', async () => {
    did(ANA, at(-3), 7);
    did(ZOE, at(-2), 299);
    expect(await read()).toMatchObject({ kind: 'known', amount: 1 });
    did(ZOE, at(-2));
    expect(await read()).toMatchObject({ kind: 'unknown' });
  });
});

test('the use of a membership of a team is unknown', async () =>
  expect(await read(ONCALL)).toMatchObject({
    kind: 'unknown',
    why: expect.stringContaining('by repository'),
  }));

test('the last reading comes six hours after the end', () => expect(LATE_MS).toBe(6 * HOUR));
