import { expect, test } from '@jest/globals';
import type { Instant, Minutes } from '../../core/ids.ts';
import { extensionDigest } from '../../policy/judge/extension.ts';
import { bo, cy, demand, END } from '../core/request/request.fixture.ts';

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
