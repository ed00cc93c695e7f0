import { expect, test } from '@jest/globals';
import { asksOnceMore } from '../../../core/request/asks-once-more.ts';

const [ordinary, widening] = [{ widens: false }, { widens: true }];

test.each([
  ['an ordinary entitlement once', 'internal', [ordinary], false],
  ['a confidential one once', 'confidential', [ordinary], false],
  ['a restricted one twice', 'restricted', [ordinary], true],
  ['access that can widen itself twice', 'internal', [widening], true],
  ['access of which one part can widen itself twice', 'public', [ordinary, widening], true],
  ['access of which nothing is said once', 'public', [{}], false],
])('an approver is asked for %s', (_what, sensitivity, targets, expected) =>
  expect(asksOnceMore({ class: sensitivity, targets })).toBe(expected),
);
