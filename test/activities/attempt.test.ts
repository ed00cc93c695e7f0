import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { attempt } from '../../activities/attempt.ts';
import { Fault } from '../../core/faults.ts';
import type { SealedUndo } from '../../requests/undo.ts';

type Work = Parameters<typeof attempt>[0];

/** The limits of time that the attempts asked for, and a function that ends the time of the last one. */
let limits: number[];
let endTime: () => void;
beforeEach(() => {
  jest.useFakeTimers();
  limits = [];
  jest.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
    limits.push(ms);
    const controller = new AbortController();
    endTime = () => controller.abort();
    return controller.signal;
  });
});
afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

/** A sealed undo. The tests only compare it. */
const undoOf = (name: string): SealedUndo => `sealed ${name}`;

/** Starts one attempt. `beats` are the details of its heartbeats, and `end` is called when the work is done. */
function start(work: Work = () => new Promise(() => undefined), earlier?: SealedUndo) {
  const beats: unknown[] = [];
  const activity = new MockActivityEnvironment(
    { heartbeatDetails: earlier },
    { logger: new DefaultLogger('ERROR') },
  );
  activity.on('heartbeat', (details) => beats.push(details));
  const result = activity.run((each: Work) => attempt(each), work);
  result.catch(() => undefined);
  return { result, beats, cancel: () => activity.cancel() };
}

describe('the heartbeats of an attempt', () => {
  test('come every two seconds while it works, and no longer', async () => {
    let finish = (_value: unknown): void => undefined;
    const { result, beats } = start(() => new Promise((done) => (finish = done)));
    await jest.advanceTimersByTimeAsync(1_999);
    expect(beats).toHaveLength(0);
    await jest.advanceTimersByTimeAsync(4_001);
    expect(beats).toHaveLength(3);
    finish('granted');
    expect(await result).toBe('granted');
    await jest.advanceTimersByTimeAsync(60_000);
    expect(beats).toHaveLength(3);
  });

  test('end with an attempt that fails', async () => {
    const { result, beats } = start(() => Promise.reject(new Error('x')));
    await expect(result).rejects.toThrow('x');
    await jest.advanceTimersByTimeAsync(60_000);
    expect(beats).toEqual([]);
  });

  test('contain the undo of an earlier attempt, until this attempt has its own (I14)', async () => {
    let remember = (_undo: SealedUndo): void => undefined;
    const { beats } = start(({ remember: given }) => {
      remember = given;
      return new Promise(() => undefined);
    }, undoOf('earlier'));
    await jest.advanceTimersByTimeAsync(2_000);
    remember(undoOf('own'));
    expect(beats).toEqual([undoOf('earlier'), undoOf('own')]); // its own is sent at once
    await jest.advanceTimersByTimeAsync(2_000);
    expect(beats.at(-1)).toEqual(undoOf('own'));
  });
});

describe('an attempt that fails', () => {
  const throttled = () => new Fault('provider-throttled', 'x', { retryAfterMs: 1_500 });

  test('has the undo in the details of its failure, which keeps its kind and its wait (I14, F11)', async () => {
    const { result } = start(({ remember }) => {
      remember(undoOf('own'));
      return Promise.reject(throttled());
    }, undoOf('earlier'));
    await expect(result).rejects.toMatchObject({
      type: 'provider-throttled',
      nonRetryable: false,
      nextRetryDelay: 1_500,
      details: [undoOf('own')],
    });
  });

  test('knows what the attempt before it remembered', async () => {
    const { result } = start(({ earlier }) => Promise.resolve(earlier), undoOf('earlier'));
    expect(await result).toEqual(undoOf('earlier'));
  });

  test('has the undo of an earlier attempt when it has none of its own', async () => {
    const { result } = start(() => Promise.reject(throttled()), undoOf('earlier'));
    await expect(result).rejects.toMatchObject({ details: [undoOf('earlier')] });
  });

  test('has the undo also when Temporal has cancelled it, as at the stop of a worker (I14)', async () => {
    let fail = (_error: unknown): void => undefined;
    const { result, cancel } = start(({ remember }) => {
      remember(undoOf('own'));
      return new Promise((_done, failed) => (fail = failed));
    });
    cancel();
    fail(throttled());
    await expect(result).rejects.toMatchObject({ type: 'provider-throttled', details: [undoOf('own')] });
  });

  test('has its own error when nothing is to undo', async () => {
    const error = throttled();
    await expect(start(() => Promise.reject(error)).result).rejects.toBe(error);
  });
});

describe('the signal of an attempt', () => {
  function signalOf(): { signal: AbortSignal; cancel: () => void } {
    let signal = AbortSignal.abort();
    const { cancel } = start((tools) => {
      signal = tools.signal;
      return new Promise(() => undefined);
    });
    return { signal, cancel };
  }

  test('stops the work after 25 seconds, before Temporal starts the next attempt', () => {
    const { signal } = signalOf();
    expect([limits, signal.aborted]).toEqual([[25_000], false]);
    endTime();
    expect(signal.aborted).toBe(true);
  });

  test('stops the work when Temporal cancels the activity', () => {
    const { signal, cancel } = signalOf();
    expect(signal.aborted).toBe(false);
    cancel();
    expect(signal.aborted).toBe(true);
  });
});
