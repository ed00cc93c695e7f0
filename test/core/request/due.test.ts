import { describe, expect, test } from '@jest/globals';
import type { Instant } from '../../../core/ids.ts';
import { dueCommand, grantFailsAt } from '../../../core/request/due.ts';
import { BLANK, type RequestState } from '../../../core/request/state.ts';
import * as the from './request.fixture.ts';

const { bo, cy, later, pending, granting, active, asked, extending, extended, revoking, closed } = the;
const before = (at: Instant): Instant => (at - 1) as Instant;
const LAPSE = later(480);
const END = later(121);
/** Ten minutes after the approval. */
const LIMIT = later(11);

const partly = the.run([the.open(undefined, 3), the.approve(bo), the.intend(), the.confirmGranted()]).state;

describe('what is due for a request', () => {
  test.each<[string, RequestState, Instant, string | undefined]>([
    ['before it lapses', pending, before(LAPSE), undefined],
    ['when it lapses', pending, LAPSE, 'lapse'],
    ['before a grant takes too long', granting, before(LIMIT), undefined],
    ['when a grant takes too long', granting, LIMIT, 'fail-grant'],
    [
      'when a grant takes too long, in the last millisecond of the access',
      granting,
      before(END),
      'fail-grant',
    ],
    ['when the access would end, and it was never granted', granting, END, 'fail-grant'],
    ['when the access would end, and two of three targets were never granted', partly, END, 'fail-grant'],
    ['when a grant would take too long, and the access is active', active, LIMIT, undefined],
    ['before the access ends', active, before(END), undefined],
    ['when the access ends', active, END, 'expire'],
    ['before its extension lapses', asked, before(later(120)), undefined],
    ['when its extension lapses', asked, later(120), 'lapse-extension'],
    ['when the access ends, and its extension waits', asked, END, 'expire'],
    ['before its extension takes too long', extending, before(later(71)), undefined],
    ['when its extension takes too long', extending, later(71), 'fail-extension'],
    ['when the access ends, and its extension is carried out', extending, END, 'expire'],
    ['at its old end, when it is extended', extended, END, undefined],
    ['at its later end', extended, later(181), 'expire'],
    ['after its end, while it is revoked', revoking, later(9_999), undefined],
    ['after it closed', closed, later(9_999), undefined],
    ['that does not exist', BLANK, later(9_999), undefined],
  ])('%s', (_when, state, at, kind) => {
    expect(dueCommand(state, at)).toEqual(
      kind === undefined
        ? undefined
        : { kind, at, ...(kind.startsWith('fail-') ? { fault: 'unknown' } : {}) },
    );
  });

  test('a grant that takes too long fails with the fault of its last attempt', () => {
    expect(dueCommand(granting, LIMIT, 'provider-unavailable')).toEqual({
      kind: 'fail-grant',
      fault: 'provider-unavailable',
      at: LIMIT,
    });
  });

  test('a grant that waits for the person may wait until the end of the access, and its ending says what it waited for', () => {
    expect(dueCommand(granting, before(END), 'awaiting-person')).toBeUndefined();
    expect(dueCommand(granting, END, 'awaiting-person')).toEqual({
      kind: 'fail-grant',
      fault: 'awaiting-person',
      at: END,
    });
    expect(dueCommand(active, END, 'awaiting-person')).toEqual({ kind: 'expire', at: END });
  });

  test.each([
    ['awaiting-person', END],
    ['log-behind', END],
    ['provider-throttled', END],
    ['provider-unavailable', LIMIT],
    ['quarantine', LIMIT],
    ['not-tried', LIMIT],
    ['unknown', LIMIT],
  ] as const)('a grant whose last attempt failed with %s fails at %d', (fault, failsAt) => {
    expect(dueCommand(granting, before(failsAt), fault)).toBeUndefined();
    expect(dueCommand(granting, failsAt, fault)).toEqual({ kind: 'fail-grant', fault, at: failsAt });
  });

  test.each(['log-behind', 'provider-throttled', 'unknown'] as const)(
    'a grant that never came fails at the end of the access with the fault that it waited for: %s',
    (fault) => expect(dueCommand(granting, END, fault)).toEqual({ kind: 'fail-grant', fault, at: END }),
  );

  test.each(['unknown', 'provider-unavailable', 'log-behind'] as const)(
    'a grant of five minutes fails at the end of the access, also when it failed with %s',
    (fault) => {
      const details = { ...the.detailsOf(), minutes: 5 };
      const { state } = the.run([{ ...the.open(), details } as never, the.approve(bo)]);
      expect(state.kind === 'granting' && grantFailsAt(state, fault)).toBe(later(6));
    },
  );

  test('the limit of a grant begins with the last approval', () => {
    const twice = the.demand([1, bo], [1, cy]);
    const { state } = the.run([the.open(twice), the.approve(bo), the.approve(cy, later(60))]);
    expect(state.kind === 'granting' && grantFailsAt(state)).toBe(later(70));
  });
});
