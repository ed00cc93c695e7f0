import { describe, expect, test } from '@jest/globals';
import type { RequestId } from '../../core/ids.ts';
import { ELIGIBLE } from '../../core/request/commands.ts';
import { ana, bo, cy, sam } from '../core/request/request.fixture.ts';
import { until } from '../until.fixture.ts';
import { asAdmin, freshDatabase, shiftClock } from './database.fixture.ts';
import { approve, approvedIn, newRequest, observed, openedIn, opening, stepOf } from './ledger.fixture.ts';
import { atTime, database, ledger, rows, whileHeld } from './own-ledger.fixture.ts';

const noonTomorrow = new Date().setUTCHours(36, 0, 0, 0);

describe('steps of a request', () => {
  test('a request that is opened twice at once is recorded once, and both calls return the same outcome (I8, B25)', async () => {
    const id = newRequest();
    const [one, two] = await Promise.all([ledger.open(opening(id)), ledger.open(opening(id))]);
    expect(one.outcome).toEqual(two.outcome);
    expect((await ledger.readTrail(id)).map(({ event }) => event.kind)).toEqual(['requested', 'judged']);
    expect(await ledger.readFreeText(id)).toEqual({ reason: 'incident 4312' });
  });

  test('a click that is recorded five times at once has one effect and five equal outcomes (F17, B26)', async () => {
    const id = await openedIn(ledger);
    const recorded = await Promise.all(Array.from({ length: 5 }, () => ledger.record(approve(id))));
    for (const { outcome } of recorded) expect(outcome).toEqual(recorded[0]?.outcome);
    const kinds = (await ledger.readTrail(id)).map(({ event }) => event.kind);
    expect(kinds).toEqual(['requested', 'judged', 'approved', 'grant-started']);
  });

  test('a step of a process that is recorded again has the outcome of the first time', async () => {
    const [lease] = await ledger.leasesOf(await approvedIn(ledger));
    if (!lease) throw new Error('there is no lease');
    const intend = () => ledger.intend({ lease, observed, level: 'write', via: 'workflow' });
    const { outcome } = await intend();
    expect(outcome).toMatchObject({ ok: true, value: [{ kind: 'intended' }] });
    const again = await intend();
    expect(again).toMatchObject({ outcome, state: { kind: 'granting' }, at: expect.any(Number) });
    const trail = await ledger.readTrail(lease.request);
    expect(trail.map(({ event }) => event.kind).filter((kind) => kind === 'intended')).toHaveLength(1);
  });

  test('an event without texts has no row of texts', async () => {
    const id = await openedIn(ledger);
    await ledger.record(approve(id));
    expect(await rows('select seq from event_text where request_id = $1', [id])).toEqual([{ seq: 1 }]);
  });

  test('an approval of a request that has a row and no events is refused, and that is recorded (T24)', async () => {
    const [id, other] = [newRequest(), await openedIn(ledger)];
    await rows(
      `insert into request select (jsonb_populate_record(r, jsonb_build_object('id', $1::text))).* from request r where id = $2`,
      [id, other],
    );
    const { outcome } = await ledger.record(approve(id));
    expect(outcome).toEqual({ ok: false, error: { code: 'unknown-request' } });
    expect((await ledger.readTrail(id)).map(({ event }) => event.kind)).toEqual(['refused']);
  });

  test('one of two approvals at the same time starts the grant, and the other is refused and recorded (B21)', async () => {
    const id = await openedIn(ledger);
    const recorded = await Promise.all([ledger.record(approve(id, bo)), ledger.record(approve(id, cy))]);
    const refused = recorded.flatMap(({ outcome }) => (outcome.ok ? [] : [outcome.error]));
    expect(refused).toMatchObject([{ code: 'wrong-state', state: 'granting' }]);
    expect((await ledger.readTrail(id)).map(({ event }) => event.kind)).toContain('refused');
  });

  test('the times in a trail never decrease, even when the clock goes back (I23)', async () => {
    const id = await openedIn(ledger);
    await shiftClock(database.url, 60_000);
    try {
      await ledger.record(approve(id, ana));
      await shiftClock(database.url, -60_000);
      await ledger.record(approve(id, sam, 'click/again'));
      const refusal = { code: 'not-a-member', why: 'guest' } as const;
      await ledger.recordRefusal(
        { request: id, name: 'click/c9', via: 'slack' },
        { by: null, tried: 'deny', refusal },
      );
    } finally {
      await shiftClock(database.url, 0);
    }
    const times = (await ledger.readTrail(id)).map(({ event }) => event.at);
    expect(times).toHaveLength(5);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  test('a step returns the time of its decision, which is that of its events (I23)', async () => {
    const id = await openedIn(ledger);
    await atTime(noonTomorrow, async () => {
      const { at } = await ledger.record(approve(id));
      const trail = await ledger.readTrail(id);
      expect([at, trail.at(-1)?.event.at]).toEqual([noonTomorrow, noonTomorrow]);
    });
  });

  test('the clock of the ledger moves on in a transaction, so a step has the time after its wait for a lock (I23)', async () => {
    const [first, second] = await ledgerTimesInOneTransaction();
    expect(second).toBeGreaterThan(first);
  });

  test('a refused command of a person is recorded as an event, and a refused command of the system is not (I19, F42, B71)', async () => {
    const id = await openedIn(ledger);
    await ledger.record(approve(id, ana));
    await ledger.record(stepOf(id, 'lapse', (at) => ({ kind: 'lapse', at })));
    const trail = await ledger.readTrail(id, 2);
    expect(trail.map(({ event }) => event)).toMatchObject([
      { kind: 'refused', by: ana, tried: 'approve', refusal: { code: 'own-request' } },
    ]);
  });

  test('a refused step that comes again is refused in the same way, and is recorded once (B24)', async () => {
    const id = await openedIn(ledger);
    const first = await ledger.record(approve(id, ana));
    expect(await ledger.record(approve(id, ana))).toEqual({ ...first, at: expect.any(Number) });
    expect(first.outcome).toEqual({ ok: false, error: { code: 'own-request' } });
    expect(await ledger.readTrail(id)).toHaveLength(3);
  });

  test('a step returns the state after it, and the same step again what there is now', async () => {
    const id = newRequest();
    const opened = await ledger.open(opening(id, { via: 'cli' }));
    expect(opened.state.kind).toBe('pending');
    expect((await ledger.readTrail(id)).map(({ event, via }) => [event.kind, via])).toEqual([
      ['requested', 'cli'],
      ['judged', 'cli'],
    ]);
    const approved = await ledger.record(approve(id));
    expect(approved.state.kind).toBe('granting');
    const again = await ledger.open(opening(id));
    expect(again).toEqual({ ...approved, outcome: opened.outcome, at: expect.any(Number) });
  });

  test('an attempt of a person that is refused is recorded with what they tried and when', async () => {
    const id = await openedIn(ledger);
    const withdraw = stepOf(id, 'click/w', (at) => ({ kind: 'withdraw', by: bo, digest: 'd1', at }));
    await atTime(noonTomorrow, () => ledger.record({ ...withdraw, via: 'cli' }).then());
    expect((await ledger.readTrail(id)).slice(2)).toEqual([
      {
        seq: 2,
        event: {
          kind: 'refused',
          by: bo,
          tried: 'withdraw',
          refusal: { code: 'not-requester' },
          at: noonTomorrow,
        },
        via: 'cli',
      },
    ]);
    expect(
      await rows('select step, kind, via, at from event where request_id = $1 and seq = 2', [id]),
    ).toEqual([{ step: 'click/w', kind: 'refused', via: 'cli', at: new Date(noonTomorrow) }]);
  });

  test('an attempt of a person to answer a request that does not exist is recorded too (I19)', async () => {
    const id = newRequest();
    const { outcome } = await ledger.record(approve(id));
    expect(outcome).toEqual({ ok: false, error: { code: 'unknown-request' } });
    expect((await ledger.readTrail(id)).map(({ event }) => event)).toEqual([
      {
        kind: 'refused',
        by: bo,
        tried: 'approve',
        refusal: { code: 'unknown-request' },
        at: expect.any(Number),
      },
    ]);
  });

  test('what a person wrote is kept when their step succeeds, and not when it is refused', async () => {
    const id = await openedIn(ledger);
    const deny = (by: typeof bo, body: string) =>
      ledger.record({
        ...stepOf(id, `click/${by}`, (at) => ({
          kind: 'deny',
          by,
          digest: 'd1',
          eligibility: ELIGIBLE,
          hasReason: true,
          at,
        })),
        freeText: { kind: 'denial', salt: `salt of ${by}`, body },
      });
    await deny(ana, 'my own request');
    expect(await ledger.readFreeText(id)).toEqual({ reason: 'incident 4312' });
    await deny(bo, 'not today');
    expect(await ledger.readFreeText(id)).toEqual({ reason: 'incident 4312', denial: 'not today' });
    expect(await rows('select kind, salt from free_text where request_id = $1 order by kind', [id])).toEqual([
      { kind: 'denial', salt: 'salt of bo' },
      { kind: 'reason', salt: 's' },
    ]);
  });

  test('events are in the order of their numbers, wherever their rows lie', async () => {
    const [original, copy] = [await openedIn(ledger), newRequest()];
    const { outcome } = await ledger.open(opening(original)); // again
    await rows(
      `insert into event (request_id, seq, step, kind, body, via, at)
       select $2, seq, step, kind, body, via, at from event where request_id = $1 order by seq desc`,
      [original, copy],
    );
    await rows(
      `insert into event_text (request_id, seq, salt, texts)
       select $2, seq, salt, texts from event_text where request_id = $1 order by seq desc`,
      [original, copy],
    );
    expect(await ledger.readTrail(copy)).toEqual(await ledger.readTrail(original));
    expect((await ledger.open(opening(copy))).outcome).toEqual(outcome);
  });

  test('no text is in the event table, and an erased text changes no event and no outcome', async () => {
    const id = await openedIn(ledger);
    const because = 'owns the orders of Ana Ferreira';
    const bodies = () => rows('select body from event where request_id = $1 order by seq', [id]);
    const why = `the account of ${because}`;
    const voiding = stepOf(id, 'void', (at) => ({ kind: 'void', why, at }));
    expect((await ledger.record(voiding)).outcome).toMatchObject({ ok: true });
    const before = await bodies();
    expect(JSON.stringify(before)).not.toContain('Ana');
    const ending = async () => (await ledger.readTrail(id)).at(-1)?.event;
    expect(await ending()).toMatchObject({ kind: 'closed', ending: { kind: 'voided', why } });

    await rows('delete from event_text where request_id = $1', [id]);
    expect(await bodies()).toEqual(before);
    expect(await ending()).toMatchObject({ kind: 'closed', ending: { kind: 'voided', why: '(erased)' } });
    expect((await ledger.record(voiding)).state).toMatchObject({ kind: 'closed' });
  });

  test('a step that throws records nothing', async () => {
    const id = await openedIn(ledger);
    const failing = stepOf(id, 'failing', () => {
      throw new Error('in the middle');
    });
    await expect(ledger.record(failing)).rejects.toThrow('in the middle');
    expect(await ledger.readTrail(id)).toHaveLength(2);
  });
});

describe('the lock of a request', () => {
  const LOCK = 'insert into request_lock values ($1) on conflict (request_id) do update set request_id = $1';
  const isWaiting = async () =>
    (
      await rows(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      )
    ).length > 0;

  test('lets a step wait for the one before it, and decide on what that one recorded (F17)', async () => {
    const id = await openedIn(ledger);
    await asAdmin(async (session) => {
      await session.query('begin');
      await session.query(LOCK, [id]);
      const denied = ledger.record(
        stepOf(id, 'denial', (at) => ({ kind: 'withdraw', by: ana, digest: 'd1', at })),
      );
      await until('the step waits', isWaiting);
      expect(await ledger.readTrail(id)).toHaveLength(2);
      await session.query('commit');
      expect((await denied).state.kind).toBe('closed');
    }, database.url);
    expect(await rows('select from request_lock where request_id = $1', [id])).toHaveLength(1);
  });

  test('lets no step of another request wait', async () => {
    const [held, free] = [await openedIn(ledger), await openedIn(ledger)];
    const { state } = await whileHeld('select from request_lock where request_id = $1', [held], () =>
      ledger.record(approve(free)),
    );
    expect(state.kind).toBe('granting');
  });

  test('cannot be held by a session that may not write, whatever advisory locks it takes', async () => {
    const id = await openedIn(ledger);
    const { url } = database;
    await asAdmin(async (session) => {
      await session.query('set role pg_read_all_data');
      await session.query('begin');
      await expect(session.query(LOCK, [id])).rejects.toMatchObject({ code: '42501' });
      await session.query('rollback');
      await session.query(
        'select pg_advisory_lock(hashtextextended($1, 0)), pg_advisory_lock(hashtextextended($1, 1))',
        [id],
      );
      expect((await ledger.record(approve(id))).state.kind).toBe('granting');
    }, url);
  });
});

describe('the state of a request', () => {
  test('is read with the ledger’s time (I23)', async () => {
    const id = await openedIn(ledger);
    const { state } = await ledger.record(approve(id));
    await atTime(noonTomorrow, async () =>
      expect(await ledger.readState(id)).toEqual({ state, at: noonTomorrow }),
    );
  });

  test('is blank when there is no request', async () => {
    expect(await ledger.readState(newRequest())).toEqual({
      state: { kind: 'blank' },
      at: expect.any(Number),
    });
  });
});

describe('a refusal that was decided before there was a request', () => {
  const refusal = { code: 'not-a-member', why: 'guest' } as const;
  const refuse = (request: RequestId) =>
    ledger.recordRefusal({ request, name: 'open', via: 'cli' }, { by: null, tried: 'request', refusal });

  test('is recorded once and leads to one notification, however often it comes', async () => {
    const id = newRequest();
    await Promise.all([refuse(id), refuse(id), refuse(id)]);
    await refuse(id);
    const event = { kind: 'refused', by: null, tried: 'request', refusal, at: expect.any(Number) };
    expect(await ledger.readTrail(id)).toEqual([{ seq: 0, event, via: 'cli' }]);
    expect(await rows('select body from outbox where request_id = $1', [id])).toEqual([
      { body: { step: 'open', from: 0, to: 1 } },
    ]);
    expect(await rows('select from request where id = $1', [id])).toEqual([]);
  });

  test('comes after the events that the request has', async () => {
    const id = await openedIn(ledger);
    await ledger.recordRefusal(
      { request: id, name: 'click/x', via: 'slack' },
      { by: ana, tried: 'approve', refusal },
    );
    expect((await ledger.readTrail(id)).map(({ seq, event }) => [seq, event.kind])).toEqual([
      [0, 'requested'],
      [1, 'judged'],
      [2, 'refused'],
    ]);
  });
});

/** The ledger's time twice in one transaction, with a pause between, in milliseconds. */
async function ledgerTimesInOneTransaction(): Promise<readonly [number, number]> {
  const readings: number[] = [];
  const fresh = await freshDatabase();
  await asAdmin(async (session) => {
    await session.query('begin');
    for (const pause of [0, 0.01]) {
      await session.query('select pg_sleep($1)', [pause]);
      const { rows: found } = await session.query<{ ms: string }>(
        'select extract(epoch from ledger_now()) * 1000 as ms',
      );
      readings.push(Number(found[0]?.ms));
    }
  }, fresh.url);
  await fresh.drop();
  return [readings[0] ?? Number.NaN, readings[1] ?? Number.NaN];
}
