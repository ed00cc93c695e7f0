import { CLICK_KINDS } from '../../core/click-kinds.ts';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { uuidv7 } from 'uuidv7';
import {
  clickIdOf,
  type Instant,
  type LeaseId,
  type PersonId,
  type RequestId,
  requestIdOf,
  requestIdOfLease,
} from '../../core/ids.ts';
import { isLimited, OverLimit, PERSON_LIMITS } from '../../core/person-limits.ts';
import { refuseRequest } from '../../inbox/receive.ts';
import type { Click } from '../../ledger/index.ts';
import { ana, bo, cy } from '../core/request/request.fixture.ts';
import { shiftClock } from './database.fixture.ts';
import { openedIn } from './ledger.fixture.ts';
import { atTime, database, ledger, rows } from './own-ledger.fixture.ts';

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

/** The kinds without a limit. */
const WITHOUT_LIMIT = ['deny', 'withdraw', 'end', 'end-all', 'revoke-finding', 'object'] as const;
const BODY = {
  scope: { kind: 'everything' },
  ...{ finding: 'find_known', review: 'rev_known', line: 'find_known', seen: 's', digest: 'd' },
};
/** A request, a finding and a line of a review. */
async function plantThings() {
  request = await openedIn(ledger);
  await rows(
    `insert into finding (id, kind, provider, target_key, target_name, target, what, subject_id, subject_name, level, on_ladder, sources, state)
     values ('find_known', 'access', 'p', 't', 't', '{}', 'what', 's', 's', 'admin', true, '[]', 'open')`,
  );
  await rows(
    `begin; set local session_replication_role = replica;
     insert into review_line (review_id, position, line_id, kind, provider, target_name, level, since, approved_by)
     values ('rev_known', 1, 'find_known', 'standing', 'p', 't', 'admin', now(), '{}'); commit`,
  );
}
let request: RequestId;
beforeAll(plantThings);

test('each kind of click has a limit, or none and is shared', () => {
  expect(CLICK_KINDS.filter((kind) => !isLimited(kind))).toEqual(WITHOUT_LIMIT);
});

/** How many rows each table has. */
const sizes = async (): Promise<Readonly<Record<string, number>>> => {
  const tables = await rows<{ name: string }>(
    `select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace`,
  );
  const counted = tables.map(async ({ name }) => [name, (await rows(`select from ${name}`)).length] as const);
  return Object.fromEntries(await Promise.all(counted));
};
const growth = (before: Readonly<Record<string, number>>, now: Readonly<Record<string, number>>) =>
  Object.fromEntries(
    Object.entries(now)
      .filter(([table, count]) => table !== 'attempt_count' && count !== before[table])
      .map(([table, count]) => [table, count - (before[table] ?? 0)]),
  );

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
    expect(await ledger.overLimits()).toEqual(await entries());
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
      expect(await ledger.overLimits()).toHaveLength(1);
      await ledger.writeClick(click('open-review', ana));
      expect(await entries()).toEqual([entry]);
    }));

  test('a limit that was reached while the clock was ahead is over when the clock went back (F22)', async () => {
    await shiftClock(database.url, 24 * 60 * 60_000);
    await tried('cy', 'open-review', most);
    await shiftClock(database.url, 0);
    await ledger.writeClick(click('open-review', cy));
  });

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

// A click without a limit for the number of its kind is shared.
describe('two hundred clicks of each kind for one thing add a bounded number of rows', () => {
  const EACH = { attempts: 200, left: 10, shared: 21 };
  const thingOf = (body: object = {}) => ({ request, body: { ...BODY, ...body } });
  const refused = { kind: 'refused', refusal: { code: 'changed' } };

  test.each(CLICK_KINDS)('%s', async (kind) => {
    const isCounted = isLimited(kind);
    if (isCounted) await tried('dee', kind, PERSON_LIMITS[kind].most - EACH.left);
    const before = await sizes();
    await atTime(Date.now(), () => sendAll(kind, isCounted));
    const grown = growth(before, await sizes());
    expect(grown).toHaveProperty('click');
    for (const count of Object.values(grown)) expect(count).toBeLessThanOrEqual(EACH.shared);
  });
  async function sendAll(kind: Click['kind'], isCounted: boolean) {
    for (let time = 0; time < EACH.attempts; time += 1) {
      const sent = ledger.writeClick(click(kind, 'dee' as PersonId, thingOf()));
      const stored = await (isCounted ? sent.catch(() => undefined) : sent);
      if (stored) await ledger.storeOutcome(stored.id, refused);
    }
  }

  test.each(WITHOUT_LIMIT)(
    '%s is shared while twenty equal ones are not decided, and another person has a click of their own',
    async (kind) => {
      const waiting = new Set<string>();
      for (let time = 0; time < EACH.attempts; time += 1)
        waiting.add((await ledger.writeClick(click(kind, 'fay' as PersonId, thingOf()))).id);
      expect(waiting.size).toBe(20);
      const another = click(kind, 'gus' as PersonId, thingOf());
      expect((await ledger.writeClick(another)).id).toBe(another.id);
    },
  );

  test.each(WITHOUT_LIMIT)(
    '%s is decided again when it was refused, and when its person saw another thing',
    async (kind) => {
      const first = click(kind, 'hal' as PersonId, thingOf());
      await ledger.writeClick(first);
      await ledger.storeOutcome(first.id, refused);
      const again = click(kind, 'hal' as PersonId, thingOf());
      expect((await ledger.writeClick(again)).id).toBe(again.id);
      const seen = click(kind, 'hal' as PersonId, thingOf({ seen: 'now', digest: 'now' }));
      expect((await ledger.writeClick(seen)).id).toBe(seen.id);
    },
  );

  test.each(WITHOUT_LIMIT.filter((kind) => kind !== 'end-all'))(
    '%s of something that the ledger never had has a limit, because it ends nothing',
    async (kind) => {
      await tried('ida', 'end-nothing', PERSON_LIMITS['end-nothing'].most);
      const body = {
        scope: { kind: 'person', person: 'nobody' },
        finding: 'fnd_no',
        review: 'rev_no',
        line: 'x',
      };
      await expect(ledger.writeClick(click(kind, 'ida' as PersonId, { body }))).rejects.toBeInstanceOf(
        OverLimit,
      );
    },
  );

  test.each(['deny', 'revoke-finding', 'object'] as const)(
    '%s of one thing, each time with another text of what was seen, is decided every ten seconds after a hundred',
    async (kind) => {
      await atTime(Date.now(), async () => {
        for (let time = 0; time < EACH.attempts; time += 1) {
          const sent = click(kind, 'jon' as PersonId, thingOf({ digest: `d${time}`, seen: `s${time}` }));
          const { id } = await ledger.writeClick(sent);
          await ledger.storeOutcome(id, refused);
        }
      });
      expect(await clicksOf(kind, 'jon' as PersonId)).toBe(100);
    },
  );

  test.each(['end', 'withdraw'] as const)(
    '%s of one thing, each time with another lease, is decided each time, because it ends access (I14)',
    async (kind) => {
      await atTime(Date.now(), async () => {
        for (let time = 0; time < 120; time += 1) {
          const { id } = await ledger.writeClick(
            click(kind, 'pat' as PersonId, thingOf({ lease: `l${time}` })),
          );
          await ledger.storeOutcome(id, refused);
        }
      });
      expect(await clicksOf(kind, 'pat' as PersonId)).toBe(120);
    },
  );

  test('each table that a person can grow is decided here', async () => {
    const grants = await rows<{ table: string }>(
      `select distinct table_name::text as table from information_schema.column_privileges
        where privilege_type = 'INSERT' and grantee in ('curfew_gateway', 'curfew_console', 'curfew_cli') order by 1`,
    );
    expect(grants.map(({ table }) => table)).toEqual(Object.keys(GROWN_BY).toSorted());
  });
});

/** What limits the rows of each table that a process for people inserts into. */
const GROWN_BY = {
  account_check: 'one for each click',
  attempt_count: 'one for each person and kind',
  click: 'a limit, or shared',
  console_session: 'the limit "sign-in"',
  console_sign_in: 'MOST_SIGN_INS',
  copy_order: 'the limit "copy" in the console; at the command line an administrator orders',
  message_preference: 'one for each person',
  quarantine_answer: 'the limit "end-quarantine"',
  reading: 'the limits "page" and "export"',
  unchecked_click: 'one for each click',
};

test('a sign-in, an answer to a quarantine and the order of a copy have a limit', async () => {
  for (const kind of ['sign-in', 'end-quarantine', 'copy'] as const)
    await tried('kim', kind, PERSON_LIMITS[kind].most);
  const kim = 'kim' as PersonId;
  const session = { person: kim, account: 'kim', ownZone: 'UTC' };
  await expect(ledger.openSession(Buffer.alloc(32), session)).rejects.toBeInstanceOf(OverLimit);
  const answer = { id: 'a', quarantine: 1, account: 'kim', person: kim, planDigest: 'd' };
  await expect(ledger.writeQuarantineAnswer(answer)).rejects.toBeInstanceOf(OverLimit);
  await expect(ledger.orderCopy({ by: kim, via: 'console', asked: {} })).rejects.toBeInstanceOf(OverLimit);
});

test.each(['end', 'withdraw', 'deny', 'end-all'] as const)(
  'no limit refuses the ending of what only the manifest knows: %s (I14)',
  async (kind) => {
    const lease = 'lease_00000000000000000000000009_0' as LeaseId;
    const endsAt = Date.now() as Instant;
    const lost = requestIdOfLease(lease);
    await ledger.quarantine({
      ...{ reason: 'restored', ledgerSerial: 0, manifestSerial: 1 },
      plan: [
        { lease, request: lost, kind: 'unknown', entry: { serial: 1 }, signed: '', accessKey: 'key', endsAt },
      ],
    });
    await tried('lea', 'end-nothing', PERSON_LIMITS['end-nothing'].most);
    const stored = click(kind, 'lea' as PersonId, { request: lost });
    expect((await ledger.writeClick(stored)).id).toBe(stored.id);
  },
);

test.each(['end', 'withdraw', 'deny'] as const)(
  'no limit refuses the ending of a request that is not judged yet: %s (I14)',
  async (kind) => {
    const { request: waits } = await ledger.writeClick(click('request', ana));
    await tried('max', 'end-nothing', PERSON_LIMITS['end-nothing'].most);
    const stored = click(kind, 'max' as PersonId, { request: waits });
    expect((await ledger.writeClick(stored)).id).toBe(stored.id);
  },
);

test('who tried most above a limit in the last day comes first, and at most ten are read', async () => {
  const over = (who: string, count: number, more = '0 s') =>
    rows(
      `insert into attempt_count (who, kind, count, over, began_at) values ($1, 'ask', 1, $2, ledger_now() - $3::interval)`,
      [who, count, more],
    );
  await atTime(Date.UTC(2030, 0, 1), async () => {
    for (let each = 0; each < 9; each += 1) await over(`many-${each}`, 5);
    await over('most', 7);
    await over('more', 6);
    await over('none', 0);
    await over('old', 9, '24 hours');
    const found = (await ledger.overLimits()).map(({ who }) => who);
    expect(found).toEqual(['most', 'more', ...Array.from({ length: 8 }, (_each, at) => `many-${at}`)]);
  });
});

test('attempts of a time that is ahead of the clock count no more', async () => {
  await tried('nan', 'ask', PERSON_LIMITS.ask.most);
  await rows(`update attempt_count set began_at = ledger_now() + interval '1 hour' where who = 'nan'`);
  const stored = click('ask', 'nan' as PersonId);
  expect((await ledger.writeClick(stored)).id).toBe(stored.id);
});

test.each(WITHOUT_LIMIT)('no limit refuses an ending: %s (I14)', async (kind) => {
  await tried('ana', kind, 1_000_000);
  const stored = click(kind, ana);
  expect((await ledger.writeClick(stored)).id).toBe(stored.id);
  expect(PERSON_LIMITS).not.toHaveProperty(kind);
});
