import { expect, test } from '@jest/globals';
import { asksOnceMore } from '../../../core/request/asks-once-more.ts';

const [narrow, wide] = [{ widens: false }, { widens: true }];

test.each<[string, Parameters<typeof asksOnceMore>[0], boolean]>([
  ['a restricted entitlement', { class: 'restricted', targets: [narrow] }, true],
  ['a restricted entitlement without targets', { class: 'restricted', targets: [] }, true],
  ['a confidential entitlement', { class: 'confidential', targets: [narrow] }, false],
  ['an internal entitlement', { class: 'internal', targets: [narrow] }, false],
  ['a public entitlement', { class: 'public', targets: [narrow] }, false],
  ['a target that can widen itself', { class: 'public', targets: [wide] }, true],
  ['a target that can widen itself, after others', { class: 'internal', targets: [narrow, wide] }, true],
  ['no target', { class: 'internal', targets: [] }, false],
])('an approval of %s asks once more, or not', (_what, request, expected) =>
  expect(asksOnceMore(request)).toBe(expected),
);
