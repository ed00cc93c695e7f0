import { describe, expect, test } from '@jest/globals';
import { uuidv7 } from 'uuidv7';
import { clickIdOf, type PersonId, requestIdOf } from '../../core/ids.ts';
import { OverLimit, PERSON_LIMITS } from '../../core/person-limits.ts';
import { refuseRequest } from '../../inbox/receive.ts';
import type { Click } from '../../ledger/index.ts';
import { ana, bo, cy } from '../core/request/request.fixture.ts';
import { shiftClock } from './database.fixture.ts';
import { database, ledger, rows } from './own-ledger.fixture.ts';

const click = (kind: Click['kind'], person: PersonId | null, more: object = {}): Click => {
  const id = clickIdOf(uuidv7());
  const account = `${person ?? 'nobody'}-login`;
  return {
    ...{ id, request: requestIdOf(id), kind, via: 'cli', account, person, body: {} },
    ...more,
  } as Click;
};
const clicksOf = async (kind: string, person: PersonId) =>
  (await rows('select from click where kind = $1 and person = $2', [kind, person])).length;
const entries = () =>
  rows<object>('select who, kind, over from attempt_count where over > 0 order by who, kind');
/** As if a person had tried something so often just now. */
const tried = (who: string, kind: string, count: number) =>
  rows(
    `insert into attempt_count (who, kind, count) values ($1, $2, $3) on conflict (who, kind) do update set began_at = ledger_now(), count = $3`,
    [who, kind, count],
  );
const inAnHour = async (work: () => Promise<void>) => {
  await shiftClock(database.url, 61 * 60_000);
  try {
    await work();
  } finally {
    await shiftClock(database.url, 0);
  }
};

describe('what one person does has a limit, whatever the channel and however many sessions they have', () => {
  const { most } = PERSON_LIMITS['open-review'];

  test('above it nothing is stored, one entry counts the attempts, and others are not affected', async () => {
    const vias = ['cli', 'console'] as const;
    const outcomes = await Promise.allSettled(
      Array.from({ length: most + 30 }, (_each, time) =>
        ledger.writeClick(
          click('open-review', ana, { via: vias[time % 2], account: `session-${time % 20}` }),
        ),
      ),
    );
    const refused = outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
    expect(refused).toHaveLength(30);
    for (const error of refused) expect(error).toBeInstanceOf(OverLimit);
    expect(refused.filter((error) => (error as OverLimit).isFirst)).toHaveLength(1);
    expect(await clicksOf('open-review', ana)).toBe(most);
    expect(await entries()).toEqual([{ who: 'ana', kind: 'open-review', over: 30 }]);
    for (const other of [bo, cy]) await ledger.writeClick(click('open-review', other));
    await ledger.writeClick(click('extend', ana));
    expect(await entries()).toHaveLength(1);
  });

  test('the error says how often, and when to try again', async () => {
    const error = await ledger.writeClick(click('open-review', ana)).catch((each: unknown) => each);
    expect(String(error)).toMatch(new RegExp(`${most} times within 1 h.*Try again`));
  });

  test('after the time it is as before, and the entry stays', async () =>
    inAnHour(async () => {
      const [entry] = await entries();
      await ledger.writeClick(click('open-review', ana));
      expect(await entries()).toEqual([entry]);
    }));

  test('what a channel delivers again does not count', async () => {
    await tried('bo', 'approve', PERSON_LIMITS.approve.most - 1);
    const [first, again] = [click('approve', bo), click('approve', bo)];
    await ledger.writeClick(first, 'T1');
    expect((await ledger.writeClick(again, 'T1')).id).toBe(first.id);
  });

  test('an account that nobody has is limited by itself', async () => {
    await tried('cli:nobody-login', 'request', PERSON_LIMITS.request.most);
    await expect(ledger.writeClick(click('request', null))).rejects.toBeInstanceOf(OverLimit);
    await ledger.writeClick(click('request', null, { account: 'another' }));
  });

  test.each(['page', 'export'] as const)('a reading of the kind %s is recorded up to it', async (kind) => {
    const reading = { person: cy, kind, address: '/access' };
    await tried('cy', kind, PERSON_LIMITS[kind].most - 1);
    await ledger.recordReading(reading);
    await expect(ledger.recordReading(reading)).rejects.toBeInstanceOf(OverLimit);
    expect(await rows('select from reading where person = $1 and kind = $2', ['cy', kind])).toHaveLength(1);
  });

  test('a request that its form refused is counted and not stored, and its form can still show why', async () => {
    await tried('cy', 'request', PERSON_LIMITS.request.most);
    const caller = { via: 'slack', account: 'U1', person: cy } as const;
    await refuseRequest({ ledger }, caller, { code: 'reason-missing' });
    expect(await clicksOf('request', cy)).toBe(0);
  });
});

test.each(['end', 'withdraw', 'deny', 'end-all', 'object', 'revoke-finding'] as const)(
  'no limit refuses an ending: %s (I14)',
  async (kind) => {
    await tried('ana', kind, 1_000_000);
    const stored = click(kind, ana);
    expect((await ledger.writeClick(stored)).id).toBe(stored.id);
    expect(PERSON_LIMITS).not.toHaveProperty(kind);
  },
);
