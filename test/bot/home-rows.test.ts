import { describe, expect, test } from '@jest/globals';
import { NO_ROWS, readHomeParts, type ShownRows, shownRows } from '../../bot/inbound/home-rows.ts';
import type { PersonId, RequestId } from '../../core/ids.ts';
import type { Command } from '../../core/request/commands.ts';
import type { Ledger, RequestFilter } from '../../ledger/index.ts';
import type { ViewDeps } from '../../requests/view.ts';
import {
  ana,
  approve,
  bo,
  confirmGranted,
  detailsOf,
  later,
  open,
  run,
  withdraw,
} from '../core/request/request.fixture.ts';
import { fakeBot } from './fake-bot.fixture.ts';

const id = (name: string) => name as RequestId;
const PENDING: readonly Command[] = [];
const ACTIVE = [approve(bo), confirmGranted()];
const WITHDRAWN = [withdraw(ana)];

/** A ledger with these requests of Ana, newest first, and Bo as the approver of each. */
function depsWith(requests: Readonly<Record<string, readonly Command[]>>): ViewDeps {
  const trailOf = (name: string) => {
    const commands = requests[name];
    if (!commands) return [];
    const opened = { ...open(), details: { ...detailsOf(), id: id(name) } } as Command;
    return run([opened, ...commands]).log.map((event) => ({ event, via: 'slack' as const }));
  };
  const matching = ({ requester, states, waitingFor }: RequestFilter): readonly string[] =>
    Object.keys(requests).filter((name) => {
      const kind = run([open(), ...(requests[name] ?? [])]).state.kind;
      if (waitingFor) return waitingFor === bo && kind === 'pending';
      return requester === ana && (states ?? []).some((state) => state === kind);
    });
  const ledger: Partial<Ledger> = {
    readTrail: (request) => Promise.resolve(trailOf(request)) as never,
    listRequests: (filter) =>
      Promise.resolve(
        matching(filter)
          .slice(0, filter.limit)
          .map((name) => ({ id: id(name) })),
      ) as never,
    countRequests: (filter) => Promise.resolve(matching(filter).length),
    now: () => Promise.resolve(later(5)),
  };
  return fakeBot(undefined, { ledger }).deps;
}
/** The rows of a Home, and how many the ledger has besides them. */
async function rows(requests: Parameters<typeof depsWith>[0], person: PersonId, shown: ShownRows = NO_ROWS) {
  const parts = await readHomeParts(depsWith(requests), person, shown);
  const more = Object.values(parts).map(({ newest, count }) => count - newest.length);
  return { ...shownRows(parts), more };
}
const names = (...all: readonly string[]) => all.map(id);

describe('the rows of a Home', () => {
  test('have a request once that is approved while the parts are read', async () => {
    const deps = depsWith({ d: ACTIVE, c: ACTIVE, b: ACTIVE, a: PENDING });
    const listed: Partial<Ledger> = {
      listRequests: ({ states, waitingFor }) =>
        Promise.resolve(
          (waitingFor ? [] : states?.includes('active') ? ['d', 'c', 'b'] : ['c', 'b', 'a']).map((name) => ({
            id: id(name),
          })),
        ) as never,
      countRequests: ({ waitingFor }) => Promise.resolve(waitingFor ? 0 : 3),
    };
    const parts = await readHomeParts({ ...deps, ledger: { ...deps.ledger, ...listed } }, ana, NO_ROWS);
    expect(shownRows(parts)).toEqual({ live: ['d', 'c', 'b'], waitingForMe: [], myPending: ['a'] });
    expect([parts.live.count, parts.myPending.count]).toEqual([3, 1]);
  });

  test('are the newest requests when it is opened', async () =>
    expect(await rows({ c: PENDING, b: ACTIVE, a: WITHDRAWN }, ana)).toEqual({
      live: ['b'],
      waitingForMe: [],
      myPending: ['c'],
      more: [0, 0, 0],
    }));

  test('keep their places when a newer request comes, which is drawn below them', async () => {
    const shown = { ...NO_ROWS, waitingForMe: names('b', 'a') };
    expect((await rows({ d: PENDING, c: PENDING, b: PENDING, a: PENDING }, bo, shown)).waitingForMe).toEqual([
      'b',
      'a',
      'd',
      'c',
    ]);
  });

  test('stay when their request was decided, and are in no other part', async () => {
    const shown = { ...NO_ROWS, myPending: names('b', 'a') };
    expect(await rows({ b: ACTIVE, a: WITHDRAWN }, ana, shown)).toEqual({
      live: [],
      waitingForMe: [],
      myPending: ['b', 'a'],
      more: [0, 0, 0],
    });
  });

  test('count what there is no room for, and not what is decided or shown in another part', async () => {
    const many = Object.fromEntries(['h', 'g', 'f', 'e', 'd', 'c', 'b'].map((name) => [name, PENDING]));
    expect((await rows(many, bo)).more).toEqual([0, 2, 0]);
    const shown = { ...NO_ROWS, waitingForMe: names('a', 'b') };
    const later = await rows({ ...many, a: WITHDRAWN }, bo, shown);
    expect([later.waitingForMe, later.more]).toEqual([
      ['a', 'b', 'h', 'g', 'f'],
      [0, 3, 0],
    ]);
  });

  test('are counted also when a request is decided between the list and the count', async () => {
    const deps = depsWith({ b: PENDING, a: PENDING });
    const ledger = { ...deps.ledger, countRequests: () => Promise.resolve(0) };
    const { myPending } = await readHomeParts({ ...deps, ledger }, ana, NO_ROWS);
    expect([myPending.newest.length, myPending.count]).toEqual([2, 2]);
  });

  test('leave out a request that the ledger does not have any more', async () =>
    expect(
      (await rows({ a: PENDING }, bo, { ...NO_ROWS, waitingForMe: names('gone', 'a') })).waitingForMe,
    ).toEqual(['a']));
});
