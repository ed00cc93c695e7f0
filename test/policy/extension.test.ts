import { describe, expect, test } from '@jest/globals';
import { addMinutes, type Instant, type Minutes } from '../../core/ids.ts';
import type { PolicyFiles } from '../../policy/files/policy-set.ts';
import {
  type ApprovedExtension,
  type ExtendableRequest,
  extensionDigest,
  extensionStillAllowed,
  judgeExtension,
} from '../../policy/judge/extension.ts';
import { bo, cy, demand, END } from '../core/request/request.fixture.ts';
import { edited, policyOf, QUICKSTART } from './quickstart.fixture.ts';
import { allowed, ana, approval, approvedBy } from './submission.fixture.ts';

const digested = {
  details: { digest: 'd1' },
  asked: { minutes: 30 as Minutes, endsAt: END, reasonHash: 'aa' },
  requirements: { stages: demand([1, bo]).stages, policy: 'p1' },
} as const;

test.each<[string, object]>([
  ['request', { details: { digest: 'd2' } }],
  ['later end', { asked: { ...digested.asked, endsAt: (END + 1) as Instant } }],
  ['length', { asked: { ...digested.asked, minutes: 31 } }],
  ['reason', { asked: { ...digested.asked, reasonHash: 'bb' } }],
  ['route', { requirements: { ...digested.requirements, stages: demand([1, bo, cy]).stages } }],
  ['number of approvals', { requirements: { ...digested.requirements, stages: demand([2, bo]).stages } }],
  ['policy', { requirements: { ...digested.requirements, policy: 'p2' } }],
])('the digest of an extension changes with its %s (I11)', (_what, change) => {
  expect(extensionDigest({ ...digested, ...change })).not.toBe(extensionDigest(digested));
});

test('the digest of an extension is that of nothing else that is recorded with it', () => {
  const more = { ...digested, asked: { ...digested.asked, digest: 'x' } };
  expect(extensionDigest(more)).toBe(extensionDigest(digested));
});

/** An active request of two hours, of an entitlement that may be had for eight. */
const request = approvedBy(allowed(policyOf()), 'cy');
const active: ExtendableRequest = {
  ...request,
  requirements: { ...request.requirements, lapsesAt: END },
  endsAt: END,
  given: 120 as Minutes,
};
const judge = (length: string, files: PolicyFiles = QUICKSTART, of = active, reason = 'it takes longer') =>
  judgeExtension(policyOf(files), of, { person: ana, length, reason, reasonHash: 'bb' });

/** The extension that `judge` allows, approved by these people. */
function approvedExtension(length: string, ...approvers: readonly string[]): ApprovedExtension {
  const judged = judge(length);
  if (!judged.ok) throw new Error(judged.error.code);
  const { extension: details, stages, policy } = judged.value;
  const requirements = { stages, policy, lapsesAt: END };
  return { ...active, extension: { details, requirements, approvals: approvers.map(approval) } };
}

describe('an extension is judged with the whole length (B55)', () => {
  test.each<[string, string, true | object]>([
    ['up to the longest length', '6h', true],
    ['a minute above the longest length', '6h1m', { code: 'too-long-in-total', longest: 480, left: 360 }],
    ['that is shorter than the longest length by itself', '8h', { code: 'too-long-in-total' }],
    ['above the longest length of any entitlement', '100d', { code: 'length-unreadable' }],
    ['without a length', '', { code: 'length-unreadable' }],
  ])('%s', (_what, length, expected) => {
    const judged = judge(length);
    if (expected === true) expect(judged).toMatchObject({ ok: true, value: { extension: { minutes: 360 } } });
    else expect(judged).toMatchObject({ ok: false, error: expected });
  });

  test('and never longer than any access may last, also where an entitlement allows that much', () => {
    const files = edited('catalogue.yaml', 'usual: 1h\n    longest: 8h', 'usual: 1h\n    longest: 30d');
    expect(judge('29d22h', files).ok).toBe(true);
    expect(judge('29d22h1m', files)).toMatchObject({
      error: { code: 'too-long-in-total', left: 30 * 1440 - 120 },
    });
  });

  test('and its end is that of the access and its length', () =>
    expect(judge('30m')).toMatchObject({
      ok: true,
      value: { extension: { endsAt: addMinutes(END, 30 as Minutes) } },
    }));

  test('one of a request that is not the one that was approved is refused (I11)', () => {
    const changed = { ...active, targets: active.targets.map((each) => ({ ...each, account: 'mallory' })) };
    expect(judge('30m', QUICKSTART, changed)).toMatchObject({
      error: { code: 'not-allowed', why: 'it is not the request that was approved' },
    });
  });

  test('one without a reason is refused', () =>
    expect(judge('30m', QUICKSTART, active, ' ')).toMatchObject({ error: { code: 'reason-missing' } }));
});

const CHANGED = 'it is not the extension that was approved';

describe('the judgement just before the end is moved only narrows (I11, I12)', () => {
  const owner = (active: string) => edited('people.yaml', 'title: Owner of the orders service', active);

  test.each<[string, PolicyFiles, readonly string[], string | true]>([
    ['nothing changed', QUICKSTART, ['cy'], true],
    [
      'the longest length is that of the whole access',
      edited('catalogue.yaml', 'usual: 1h\n    longest: 8h', 'usual: 1h\n    longest: 150m'),
      ['cy'],
      true,
    ],
    [
      'the longest length is a minute less than the whole access',
      edited('catalogue.yaml', 'usual: 1h\n    longest: 8h', 'usual: 1h\n    longest: 149m'),
      ['cy'],
      'the longest length was lowered',
    ],
    ['nobody approved it', QUICKSTART, [], 'nobody approved it'],
    [
      'the only approver left (B41)',
      owner('active: false'),
      ['cy'],
      'an approver may no longer approve this',
    ],
    [
      'the last of two approvers left (B41)',
      owner('active: false'),
      ['bo', 'cy'],
      'an approver may no longer approve this',
    ],
    [
      'the requester left (F29)',
      edited('people.yaml', 'title: Backend engineer', 'active: false'),
      ['cy'],
      'the requester is no longer active',
    ],
    [
      'the route needs three approvals, and two people approved',
      edited('catalogue.yaml', 'waits: 8h', 'needs: 3\n      waits: 8h'),
      ['bo', 'cy'],
      'it now needs more approvals',
    ],
  ])('%s', (_what, files, approvers, expected) => {
    const still = extensionStillAllowed(policyOf(files), approvedExtension('30m', ...approvers));
    expect(still.ok || still.error).toBe(expected);
  });

  const approved = approvedExtension('30m', 'cy');
  const { extension } = approved;
  const detailed = (more: object) => ({
    extension: { ...extension, details: { ...extension.details, ...more } },
  });
  test.each<[string, Partial<ApprovedExtension>]>([
    ['later end', detailed({ endsAt: addMinutes(extension.details.endsAt, 1 as Minutes) })],
    ['length', detailed({ minutes: 31 })],
    ['reason', detailed({ reasonHash: 'cc' })],
    ['end of the access that is later', { endsAt: addMinutes(active.endsAt, 1 as Minutes) }],
    ['end of the access that is earlier', { endsAt: (active.endsAt - 1) as Instant }],
    ['target', { targets: approved.targets.map((each) => ({ ...each, account: 'mallory' })) }],
    ['class on its card', { shown: { ...approved.shown, class: 'public' } }],
    [
      'route',
      {
        extension: {
          ...extension,
          requirements: { ...extension.requirements, stages: demand([1, bo, cy]).stages },
        },
      },
    ],
  ])('an extension of which the ledger has another %s is refused', (_what, more) =>
    expect(extensionStillAllowed(policyOf(), { ...approved, ...more })).toEqual({
      ok: false,
      error: CHANGED,
    }),
  );
});
