import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { clickIdOfRequest, type RequestId } from '../../core/ids.ts';
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
  test('opens the request with what was judged', async () => {
    const request = await submitted(fixture, {
      entitlement: 'Both', // a synonym
      length: '90m',
      reason: '  incident 4312 ',
    });
    await judge(fixture.deps, { request });
    const [opened] = await fixture.ledger.readTrail(request);
    expect(await fixture.kinds(request)).toBe('requested judged');
    const policy = await fixture.deps.policy.current();
    expect(await fixture.state(request)).toEqual({
      kind: 'pending',
      mayWaitMs: expect.any(Number),
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
        lapsesAt: (opened?.event.at ?? 0) + 3 * 3_600_000,
      },
      approvals: [],
    });
    expect(await fixture.ledger.readFreeText(request)).toEqual({
      reason: expect.stringMatching(/^incident 4312/),
    });
    expect(await fixture.ledger.readTargets(request)).toMatchObject([
      { provider: 'fake', account: 'ana', spec: { resource: 'thing', level: 'read' } },
      { provider: 'fake', account: 'ana', spec: { resource: 'other', level: 'admin' } },
    ]);
    expect((await fixture.ledger.readTrail(request)).map(({ via }) => via)).toEqual(['cli', 'cli']);
  });

  test('records a hash of its reason as it is stored, with a salt of its own (T22)', async () => {
    const reason = ' incident 4312 ';
    const one = await openedWithoutWorkflow(fixture, { reason });
    const other = await openedWithoutWorkflow(fixture, { reason, length: '2h' });
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
    await judge(fixture.deps, { request });
    const readClick = () => Promise.resolve(click);
    const late = { ...fixture.deps, ledger: { ...fixture.ledger, readClick } };
    await judge(late, { request });
    await judge(fixture.deps, { request });
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
    await Promise.all([1, 2, 3].map(() => judge(fixture.deps, { request })));
    const restore = await fixture.edit('catalogue.yaml', 'id: thing', 'id: gone');
    await judge(fixture.deps, { request });
    await restore();
    expect(await fixture.kinds(request)).toBe('requested judged');
  });
});

describe('a submission that the policy refuses', () => {
  /** The events of the request after it was judged. */
  async function eventsOf(request: RequestId) {
    await judge(fixture.deps, { request });
    return (await fixture.ledger.readTrail(request)).map(({ event }) => event);
  }

  test('is recorded with its refusal, once', async () => {
    const request = await submitted(fixture, { length: '9h' });
    await judge(fixture.deps, { request });
    const trail = await fixture.ledger.readTrail(request);
    expect(trail).toEqual([
      {
        seq: 0,
        event: {
          kind: 'refused',
          at: expect.any(Number),
          by: 'ana',
          tried: 'request',
          refusal: { code: 'too-long', longest: 480 },
        },
        via: 'cli',
      },
    ]);
    const restore = await fixture.edit('catalogue.yaml', 'longest: 8h', 'longest: 10h');
    await judge(fixture.deps, { request });
    await restore();
    expect(await fixture.ledger.readTrail(request)).toEqual(trail);
    expect(await fixture.state(request)).toEqual({ kind: 'blank' });
  });

  test('is that of an account which belongs to nobody (T07)', async () => {
    const request = await submitted(fixture, { person: null });
    expect(await eventsOf(request)).toMatchObject([{ by: null, refusal: { code: 'unknown-person' } }]);
  });

  test.each(['', ' '])(
    'is one whose reason is %j: it is refused, and not taken for erased',
    async (reason) => {
      const request = await submitted(fixture, { reason });
      expect(await eventsOf(request)).toMatchObject([{ refusal: { code: 'reason-missing' } }]);
    },
  );

  test('is that of a person who is no longer in the people file, and who is named', async () => {
    const request = await submitted(fixture, { person: 'gone' });
    expect(await eventsOf(request)).toMatchObject([{ by: 'gone', refusal: { code: 'unknown-person' } }]);
  });

  test('is the one after the last open request that a person may have (T30)', async () => {
    const open = await Promise.all(
      Array.from({ length: LIMITS.openRequestsPerPerson }, () =>
        openedWithoutWorkflow(fixture, { person: 'dee', entitlement: 'login' }),
      ),
    );
    expect(await fixture.kinds(open.at(-1) ?? open[0] ?? ('' as never))).toBe('requested judged');
    const request = await submitted(fixture, { person: 'dee', entitlement: 'login' });
    expect(await eventsOf(request)).toMatchObject([{ kind: 'refused', refusal: { code: 'too-many-open' } }]);
  });
});

describe('without a submission in the inbox nothing is recorded (T11)', () => {
  const recordsNothing = async (request: RequestId) => {
    await judge(fixture.deps, { request });
    expect(await fixture.kinds(request)).toBe('');
  };
  const change = (request: RequestId, what: string) =>
    rowsOf(fixture.url, `update click set ${what} where id = $1`, [clickIdOfRequest(request)]);

  test('there is no click', () => recordsNothing(`req_${'0'.repeat(26)}` as RequestId));

  test('the click is another one', async () => {
    const request = await submitted(fixture);
    await change(request, `kind = 'end'`);
    await recordsNothing(request);
  });
});
