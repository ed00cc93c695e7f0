import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { clickIdOfRequest } from '../../core/ids.ts';
import { LIMITS } from '../../core/limits.ts';
import { judge } from '../../requests/judge.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import { type RequestsFixture, startRequestsFixture } from './requests.fixture.ts';
import { answered, openedWithoutWorkflow, submitted } from './steps.fixture.ts';

let fixture: RequestsFixture;
beforeAll(async () => {
  fixture = await startRequestsFixture();
});
afterEach(() => fixture.shiftClock(0));
afterAll(() => fixture?.stop());

describe('a submission that the policy allows', () => {
  test('opens the request with what was judged, and returns its events', async () => {
    const request = await submitted(fixture, {
      entitlement: 'Both', // a synonym
      length: '90m',
      reason: '  incident 4312 ',
    });
    const { events } = await judge(fixture.deps, { request });
    expect(events.map(({ seq, event }) => [seq, event.kind])).toEqual([
      [0, 'requested'],
      [1, 'judged'],
    ]);
    const policy = await fixture.deps.policy.current();
    expect(await fixture.state(request)).toEqual({
      kind: 'pending',
      details: {
        id: request,
        requester: 'ana',
        entitlement: 'pair',
        minutes: 90,
        targets: ['fake', 'fake'],
        reasonHash: expect.stringMatching(/^[0-9a-f]{64}$/),
        digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
      requirements: {
        stages: [
          {
            needs: 2,
            approvers: [
              { person: 'bo', because: 'is in owners' },
              { person: 'cy', because: 'is in owners' },
            ],
          },
        ],
        policy: policy.ok && policy.value.digest,
        lapsesAt: (events[0]?.event.at ?? 0) + 3 * 3_600_000,
      },
      approvals: [],
    });
    expect(await fixture.ledger.readFreeText(request)).toEqual({ reason: 'incident 4312' });
    expect(await fixture.ledger.readTargets(request)).toMatchObject([
      { provider: 'fake', account: 'ana', spec: { resource: 'thing', level: 'read' } },
      { provider: 'fake', account: 'ana', spec: { resource: 'other', level: 'admin' } },
    ]);
    expect((await fixture.ledger.readTrail(request)).map(({ via }) => via)).toEqual(['cli', 'cli']);
  });

  test('records a hash of its reason as it is stored, with a salt of its own (T22)', async () => {
    const reason = ' incident 4312 ';
    const one = await openedWithoutWorkflow(fixture, { reason });
    const other = await openedWithoutWorkflow(fixture, { reason });
    const salts = await rowsOf<{ request_id: string; salt: string }>(
      fixture.url,
      'select request_id, salt from free_text where request_id = any ($1) order by request_id',
      [[one, other]],
    );
    expect(new Set(salts.map(({ salt }) => salt)).size).toBe(2);
    for (const { request_id: request, salt } of salts) {
      expect(salt).toMatch(/^[0-9a-f]{32}$/);
      const state = await fixture.state(request as typeof one);
      const hash = createHash('sha256').update(`${salt}\nincident 4312`).digest('hex');
      expect(state).toMatchObject({ details: { reasonHash: hash } });
    }
  });

  test('is judged once by attempts at the same time, also when one read the click before the other judged it', async () => {
    const request = await submitted(fixture);
    const click = await fixture.ledger.readClick(clickIdOfRequest(request));
    const first = await judge(fixture.deps, { request });
    const readClick = () => Promise.resolve(click);
    const late = { ...fixture.deps, ledger: { ...fixture.ledger, readClick } };
    expect(await judge(late, { request })).toEqual(first);
    expect(await judge(fixture.deps, { request })).toEqual(first);
    expect(await fixture.kinds(request)).toBe('requested judged');
  });

  test('opens the request of a person whose earlier requests are closed, however many those are (T30)', async () => {
    const more = { person: 'dee', entitlement: 'login' };
    for (let n = 0; n <= LIMITS.openRequestsPerPerson; n += 1) {
      const request = await openedWithoutWorkflow(fixture, more);
      expect(await fixture.kinds(request)).toBe('requested judged');
      await answered(fixture, request, { kind: 'withdraw', by: 'dee' });
    }
  });

  test('opens the request once, however often it is judged', async () => {
    const request = await submitted(fixture);
    const [first] = await Promise.all([
      judge(fixture.deps, { request }),
      judge(fixture.deps, { request }),
      judge(fixture.deps, { request }),
    ]);
    const restore = await fixture.edit('catalogue.yaml', 'id: thing', 'id: gone');
    expect(await judge(fixture.deps, { request })).toEqual(first);
    await restore();
    expect(await fixture.kinds(request)).toBe('requested judged');
  });
});

describe('a submission that the policy refuses', () => {
  test('is recorded with its refusal, once', async () => {
    const request = await submitted(fixture, { length: '9h' });
    const refused = await judge(fixture.deps, { request });
    expect(refused).toEqual({
      events: [
        {
          seq: 0,
          event: {
            kind: 'refused',
            at: expect.any(Number),
            by: 'ana',
            tried: 'request',
            refusal: { code: 'too-long', longest: 480 },
          },
        },
      ],
    });
    const restore = await fixture.edit('catalogue.yaml', 'longest: 8h', 'longest: 10h');
    expect(await judge(fixture.deps, { request })).toEqual(refused);
    await restore();
    expect((await fixture.ledger.readTrail(request)).map(({ via }) => via)).toEqual(['cli']);
    expect(await fixture.state(request)).toEqual({ kind: 'blank' });
  });

  test('is that of an account which belongs to nobody (T07)', async () => {
    const request = await submitted(fixture, { person: null });
    const { events } = await judge(fixture.deps, { request });
    expect(events.map(({ event }) => event)).toMatchObject([
      { by: null, refusal: { code: 'unknown-person' } },
    ]);
  });

  test.each(['', ' '])(
    'is one whose reason is %j: it is refused, and not taken for erased',
    async (reason) => {
      const request = await submitted(fixture, { reason });
      const { events } = await judge(fixture.deps, { request });
      expect(events.map(({ event }) => event)).toMatchObject([{ refusal: { code: 'reason-missing' } }]);
    },
  );

  test('is that of a person who is no longer in the people file, and who is named', async () => {
    const request = await submitted(fixture, { person: 'gone' });
    const { events } = await judge(fixture.deps, { request });
    expect(events.map(({ event }) => event)).toMatchObject([
      { by: 'gone', refusal: { code: 'unknown-person' } },
    ]);
  });

  test('is the one after the last open request that a person may have (T30)', async () => {
    const open = await Promise.all(
      Array.from({ length: LIMITS.openRequestsPerPerson }, () =>
        openedWithoutWorkflow(fixture, { person: 'dee', entitlement: 'login' }),
      ),
    );
    expect(await fixture.kinds(open.at(-1) ?? open[0] ?? ('' as never))).toBe('requested judged');
    const request = await submitted(fixture, { person: 'dee', entitlement: 'login' });
    expect((await judge(fixture.deps, { request })).events[0]?.event).toMatchObject({
      kind: 'refused',
      refusal: { code: 'too-many-open' },
    });
  });
});

describe('without a submission in the inbox nothing is recorded (T11)', () => {
  test('there is no click', async () => {
    const request = `req_${'0'.repeat(26)}` as never;
    expect(await judge(fixture.deps, { request })).toEqual({ events: [] });
    expect(await fixture.kinds(request)).toBe('');
  });

  test('the click is another one', async () => {
    const request = await submitted(fixture);
    await rowsOf(fixture.url, `update click set kind = 'end' where id = $1`, [clickIdOfRequest(request)]);
    expect(await judge(fixture.deps, { request })).toEqual({ events: [] });
    expect(await fixture.kinds(request)).toBe('');
  });
});
