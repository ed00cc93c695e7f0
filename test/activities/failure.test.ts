import { describe, expect, test } from '@jest/globals';
import { type ApplicationFailure, ApplicationFailureCategory, CancelledFailure } from '@temporalio/common';
import { toFailure, withDetails, withTemporalFailures } from '../../activities/failure.ts';
import { Fault, FAULTS, type FaultCode } from '../../core/faults.ts';

const CODES = Object.keys(FAULTS) as FaultCode[];
const failureOf = (error: unknown, retryAlways?: boolean) =>
  toFailure(error, retryAlways) as ApplicationFailure;

describe('a fault as a failure of Temporal', () => {
  test.each(CODES)('%s is retried when a later attempt can succeed', (code) => {
    expect(failureOf(new Fault(code, 'x'))).toMatchObject({
      message: `${code}: x`,
      type: code,
      nonRetryable: !FAULTS[code].retry,
      category: ApplicationFailureCategory.BENIGN, // no error in Temporal's log
    });
  });

  test.each(CODES)('%s of a revocation is always retried (I4)', (code) => {
    expect(failureOf(new Fault(code, 'x'), true)).toMatchObject({ type: code, nonRetryable: false });
  });

  test('is not repeated before the wait that the vendor states, in milliseconds (F11)', () => {
    const throttled = new Fault('provider-throttled', 'x', { retryAfterMs: 3_600_000 });
    expect(failureOf(throttled).nextRetryDelay).toBe(3_600_000);
    expect(failureOf(throttled, true).nextRetryDelay).toBe(60_000); // a revocation does not wait longer (I4)
    const short = new Fault('provider-throttled', 'x', { retryAfterMs: 1_500 });
    expect(failureOf(short, true).nextRetryDelay).toBe(1_500);
  });

  test.each([
    ['a grant', false],
    ['a revocation', true],
  ])('of %s has no wait when the vendor states none', (_which, always) =>
    expect(failureOf(new Fault('not-verified', 'x'), always).nextRetryDelay).toBeUndefined(),
  );
});

test('an error that is no fault stays as it is', () => {
  const bug = new TypeError('x');
  expect(toFailure(bug)).toBe(bug);
});

describe('the details of a failure', () => {
  test('are added to a fault and to a bug, which keep their kind', () => {
    expect(withDetails(new Fault('no-room', 'x'), { undo: 1 })).toMatchObject({
      type: 'no-room',
      nonRetryable: true,
      details: [{ undo: 1 }],
    });
    expect(withDetails(new TypeError('x'), 7)).toMatchObject({ type: 'TypeError', details: [7] });
  });

  test('keep a revocation retried after every fault, and its wait short (I4)', () => {
    const forbidden = new Fault('provider-forbidden', 'x', { retryAfterMs: 3_600_000 });
    expect(withDetails(forbidden, 7, true)).toMatchObject({
      nonRetryable: false,
      nextRetryDelay: 60_000,
      details: [7],
    });
  });

  test('are not added to a cancellation, which would hide it', () => {
    const cancelled = new CancelledFailure('x');
    expect(withDetails(cancelled, 7)).toBe(cancelled);
  });
});

const INPUT = {};

test('each activity throws such failures, and those that are named are always retried', async () => {
  const fails = (_input: object) => Promise.reject(new Fault('provider-refused', 'x'));
  const activities = withTemporalFailures(
    { grant: fails, revoke: fails, works: (_input: object) => Promise.resolve(1) },
    ['revoke'],
  );
  await expect(activities.grant(INPUT)).rejects.toMatchObject({ nonRetryable: true });
  await expect(activities.revoke(INPUT)).rejects.toMatchObject({ nonRetryable: false });
  expect(await activities.works(INPUT)).toBe(1);
});

test('an activity whose input is not encrypted with our key does nothing (T11)', async () => {
  let calls = 0;
  const { look } = withTemporalFailures({ look: (_input: object) => Promise.resolve((calls += 1)) }, []);
  await expect(look(undefined as never)).rejects.toThrow('not encrypted with a key of this process');
  expect(calls).toBe(0);
});
