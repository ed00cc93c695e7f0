import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { LIMITS } from '../../core/limits.ts';
import type { PersonId, RequestId } from '../../core/ids.ts';
import { NOT_ELIGIBLE } from '../../core/request/commands.ts';
import { refusalOfAnswer } from '../../requests/answer.ts';
import { decideClick } from '../../requests/decide-click.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import { type RequestsFixture, startRequestsFixture } from './requests.fixture.ts';
import {
  answerClick,
  answered,
  approvedWithoutWorkflow,
  granted,
  openedWithoutWorkflow,
} from './steps.fixture.ts';

let fixture: RequestsFixture;
beforeAll(async () => {
  fixture = await startRequestsFixture();
});
afterAll(() => fixture?.stop());

describe('the answer of a person', () => {
  test('is recorded in the ledger at once, through the channel of its click', async () => {
    const request = await openedWithoutWorkflow(fixture);
    const click = await answerClick(fixture, request, { kind: 'approve', by: 'bo' });
    const { outcome } = await decideClick(fixture.deps, click);
    expect(outcome).toMatchObject({ ok: true, value: [{ kind: 'approved' }, { kind: 'grant-started' }] });
    expect(await fixture.state(request)).toMatchObject({ kind: 'granting', approvals: [{ by: 'bo' }] });
    expect(
      await rowsOf(fixture.url, 'select step, via from event where request_id = $1 and seq >= 2', [request]),
    ).toEqual([
      { step: `click/${click.id}`, via: 'cli' },
      { step: `click/${click.id}`, via: 'cli' },
    ]);
  });

  test('counts once, however often its click is decided (F18)', async () => {
    const request = await openedWithoutWorkflow(fixture);
    const click = await answerClick(fixture, request, { kind: 'approve', by: 'bo' });
    const decided = await Promise.all([1, 2, 3].map(() => decideClick(fixture.deps, click)));
    for (const { outcome } of decided) expect(outcome).toEqual(decided[0]?.outcome);
    expect(await fixture.kinds(request)).toBe('requested judged approved grant-started');
  });

  test('is refused with its code, and the refusal is recorded', async () => {
    const request = await openedWithoutWorkflow(fixture);
    const { outcome } = await answered(fixture, request, { kind: 'approve', by: 'ana' });
    expect(outcome).toEqual({ ok: false, error: { code: 'own-request' } });
    expect(await fixture.ledger.readTrail(request, 2)).toEqual([
      {
        seq: 2,
        event: expect.objectContaining({ kind: 'refused', by: 'ana', tried: 'approve' }),
        via: 'cli',
      },
    ]);
  });
});

describe('each kind of answer', () => {
  test('an approval without the digest of the request approves nothing (I11)', async () => {
    const request = await openedWithoutWorkflow(fixture);
    const { outcome } = await answered(fixture, request, { kind: 'approve', by: 'bo', body: {} });
    expect(outcome).toEqual({ ok: false, error: { code: 'changed' } });
  });

  test('another click of the same person is decided by itself', async () => {
    const request = await openedWithoutWorkflow(fixture);
    await answered(fixture, request, { kind: 'approve', by: 'bo', body: { digest: 'of another card' } });
    await answered(fixture, request, { kind: 'approve', by: 'bo' });
    expect(await fixture.kinds(request)).toBe('requested judged refused approved grant-started');
  });

  test('a denial closes the request, and its note is stored beside the events', async () => {
    const request = await openedWithoutWorkflow(fixture);
    await answered(fixture, request, { kind: 'deny', by: 'bo', body: { note: ' not today\n' } });
    expect(await fixture.state(request)).toMatchObject({ ending: { kind: 'denied', by: 'bo' } });
    expect((await fixture.ledger.readFreeText(request)).denial).toBe('not today');
    const [row] = await rowsOf<{ salt: string }>(
      fixture.url,
      `select salt from free_text where request_id = $1 and kind = 'denial'`,
      [request],
    );
    expect(row?.salt).toMatch(/^[0-9a-f]{32}$/);
    expect(JSON.stringify(await fixture.ledger.readTrail(request))).not.toContain('not today');
  });

  test('the note of a denial is cut by code points', async () => {
    const request = await openedWithoutWorkflow(fixture);
    const note = '💥'.repeat(LIMITS.denialReasonLength + 1);
    await answered(fixture, request, { kind: 'deny', by: 'bo', body: { note } });
    expect((await fixture.ledger.readFreeText(request)).denial).toBe('💥'.repeat(LIMITS.denialReasonLength));
  });

  test('the spaces before the note of a denial do not count', async () => {
    const request = await openedWithoutWorkflow(fixture);
    const note = 'x'.repeat(LIMITS.denialReasonLength);
    await answered(fixture, request, { kind: 'deny', by: 'bo', body: { note: `  ${note}` } });
    expect((await fixture.ledger.readFreeText(request)).denial).toBe(note);
  });

  test.each([
    ['without a note', [{}]],
    [
      'with a note in which nothing is seen (T48)',
      [
        { note: ' \n\u3000 ' },
        { note: '\u3164\u2800' },
        { note: `${'\u3164'.repeat(LIMITS.denialReasonLength)}x` },
      ],
    ],
  ])('a denial %s is refused, because the requester must read why', async (_, bodies) => {
    const request = await openedWithoutWorkflow(fixture);
    for (const body of bodies) {
      const { outcome } = await answered(fixture, request, { kind: 'deny', by: 'bo', body });
      expect(outcome).toEqual({ ok: false, error: { code: 'denial-reason-missing' } });
    }
    expect(await fixture.state(request)).toMatchObject({ kind: 'pending' });
    expect((await fixture.ledger.readFreeText(request)).denial).toBeUndefined();
  });

  test('the note of a withdrawal is not stored', async () => {
    const request = await openedWithoutWorkflow(fixture);
    await answered(fixture, request, { kind: 'withdraw', by: 'ana', body: { note: 'a note of no denial' } });
    expect(await fixture.state(request)).toMatchObject({ kind: 'closed' });
    expect((await fixture.ledger.readFreeText(request)).denial).toBeUndefined();
  });

  test('the note of a denial that is refused is not stored', async () => {
    const request = await openedWithoutWorkflow(fixture);
    const { outcome } = await answered(fixture, request, {
      kind: 'deny',
      by: 'dee',
      body: { note: 'not mine' },
    });
    expect(outcome).toEqual({ ok: false, error: { code: 'not-an-approver' } });
    expect((await fixture.ledger.readFreeText(request)).denial).toBeUndefined();
  });

  test('a withdrawal closes the request, and an end starts the revocation', async () => {
    const request = await openedWithoutWorkflow(fixture);
    await answered(fixture, request, { kind: 'withdraw', by: 'ana' });
    expect(await fixture.state(request)).toMatchObject({ ending: { kind: 'withdrawn', by: 'ana' } });
    const live = await approvedWithoutWorkflow(fixture);
    await granted(fixture, live);
    await answered(fixture, live, { kind: 'end', by: 'ana' });
    expect(await fixture.state(live)).toMatchObject({
      kind: 'revoking',
      ending: { kind: 'ended', by: 'ana' },
    });
  });
});

describe('the person is judged again when they answer (I12)', () => {
  test.each(['approve', 'deny'] as const)('who left the route may no longer %s', async (kind) => {
    const request = await openedWithoutWorkflow(fixture);
    const restore = await fixture.edit('people.yaml', 'owners: [bo, cy]', 'owners: [cy]');
    const { outcome } = await answered(fixture, request, { kind, by: 'bo' });
    await restore();
    expect(outcome).toEqual({ ok: false, error: { code: 'no-longer-an-approver' } });
  });

  test('who left the route may no longer end the access', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    const restore = await fixture.edit('people.yaml', 'owners: [bo, cy]', 'owners: [cy]');
    const { outcome } = await answered(fixture, request, { kind: 'end', by: 'bo' });
    await restore();
    expect(outcome).toEqual({ ok: false, error: { code: 'not-requester' } });
  });

  test.each(['granting', 'active'] as const)(
    'who is in the route may end access that is %s',
    async (kind) => {
      const request = await approvedWithoutWorkflow(fixture);
      if (kind === 'active') await granted(fixture, request);
      expect(await fixture.state(request)).toMatchObject({ kind });
      await answered(fixture, request, { kind: 'end', by: 'cy' });
      expect(await fixture.state(request)).toMatchObject({
        kind: 'revoking',
        ending: { kind: 'ended', by: 'cy' },
      });
    },
  );

  test('a policy that cannot be read approves nothing (I14)', async () => {
    const request = await openedWithoutWorkflow(fixture);
    const restore = await fixture.edit('people.yaml', 'groups:', 'gruops:');
    const { outcome } = await answered(fixture, request, { kind: 'approve', by: 'bo' });
    await restore();
    expect(outcome).toMatchObject({ error: { code: 'not-allowed', why: /^the policy cannot be read/ } });
  });

  test('a policy that cannot be read prevents no approver from ending the access (I14)', async () => {
    const request = await approvedWithoutWorkflow(fixture);
    const restore = await fixture.edit('people.yaml', 'groups:', 'gruops:');
    await answered(fixture, request, { kind: 'end', by: 'bo' });
    await restore();
    expect(await fixture.state(request)).toMatchObject({ ending: { kind: 'ended', by: 'bo' } });
  });

  test('a request that does not exist has no approver', async () => {
    const request = `req_${'0'.repeat(26)}` as never;
    const { outcome } = await answered(fixture, request, { kind: 'approve', by: 'bo' });
    expect(outcome).toEqual({ ok: false, error: { code: 'unknown-request' } });
  });
});

describe('before anything is shown of a request, a person learns whether they would be refused', () => {
  const digestOf = async (request: RequestId): Promise<string> => {
    const { state } = await fixture.deps.ledger.readState(request);
    return state.kind === 'blank' ? '' : state.details.digest;
  };
  const before = async (by: string, kind: 'approve' | 'deny' | 'withdraw' | 'end', request: RequestId) => {
    const digest = await digestOf(request);
    const refusal = await refusalOfAnswer(fixture.deps, { kind, request, by: by as PersonId, digest });
    return refusal?.code ?? 'may';
  };

  test.each<[by: string, kind: 'approve' | 'deny' | 'withdraw' | 'end', code: string]>([
    ['bo', 'deny', 'may'],
    ['bo', 'approve', 'may'],
    ['ana', 'deny', 'own-request'],
    ['ana', 'withdraw', 'may'],
    ['sam', 'deny', 'not-an-approver'],
    ['sam', 'withdraw', 'not-requester'],
    ['bo', 'end', 'wrong-state'],
  ])('%s, to %s a pending request: %s', async (by, kind, code) => {
    const request = await openedWithoutWorkflow(fixture);
    expect(await before(by, kind, request)).toBe(code);
    expect(await fixture.kinds(request)).toBe('requested judged'); // It records nothing.
  });

  test('as the answer is decided then: also by the policy of that moment, and by the state', async () => {
    const request = await openedWithoutWorkflow(fixture);
    const nobody = { ...fixture.deps, policy: { eligibility: () => Promise.resolve(NOT_ELIGIBLE) } };
    const asked = { kind: 'deny', request, by: 'bo' as PersonId, digest: await digestOf(request) } as const;
    expect(await refusalOfAnswer(nobody, asked)).toEqual({ code: 'no-longer-an-approver' });
    await answered(fixture, request, { kind: 'withdraw', by: 'ana' });
    expect(await before('bo', 'deny', request)).toBe('wrong-state');
    expect(await before('bo', 'deny', 'req_00000000000000000000000000' as RequestId)).toBe('unknown-request');
  });
});
