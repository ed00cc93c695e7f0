import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { EXIT } from '../../cli/terminal/exit.ts';
import { untilStopped } from '../../cli/terminal/signals.ts';
import { waitFor } from '../../cli/terminal/wait.ts';
import { removeSignalListeners, SIGNALS } from './signals.fixture.ts';

describe('waiting for the result of a command', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  /** Waits for something that never comes. `state` says whether it still waits. */
  function waiting(what: string) {
    let looks = 0;
    let state: unknown = 'waits';
    void waitFor(what, () => ((looks += 1), Promise.resolve(undefined))).catch(
      (error: unknown) => (state = error),
    );
    return { looks: () => looks, state: () => state };
  }

  test('looks ten times in a second', async () => {
    const { looks } = waiting('the result');
    await jest.advanceTimersByTimeAsync(0);
    expect(looks()).toBe(1);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(looks()).toBe(11);
  });

  test('ends after 20 s with what to do, and the exit code 1', async () => {
    const { state } = waiting('the policy to judge the request');
    await jest.advanceTimersByTimeAsync(20_000);
    expect(state()).toBe('waits');
    await jest.advanceTimersByTimeAsync(100);
    expect(state()).toMatchObject({
      code: EXIT.failed,
      message:
        'Waited 20 s for the policy to judge the request. Your command is recorded. Curfew carries it out when its worker runs ("curfew doctor" shows what is missing).',
    });
  });

  test.each([undefined, null])(
    '%s is no result, and 0, false and an empty text are results',
    async (none) => {
      for (const result of [0, false, '']) {
        const look = jest.fn(() => Promise.resolve<unknown>(result)).mockResolvedValueOnce(none);
        const found = waitFor('it', look);
        await jest.advanceTimersByTimeAsync(100);
        expect(await found).toBe(result);
        expect(look).toHaveBeenCalledTimes(2);
      }
    },
  );
});

describe('a process that runs until it is stopped', () => {
  beforeEach(removeSignalListeners);
  afterEach(removeSignalListeners);

  test.each(SIGNALS)('%s stops it, and any second signal ends it at once', async (signal) => {
    for (const second of SIGNALS) {
      removeSignalListeners();
      const exit = jest.spyOn(process, 'exit').mockImplementation(() => undefined as never);
      let isStopped = false;
      const stopped = untilStopped().then(() => (isStopped = true));
      await Promise.resolve();
      expect(isStopped).toBe(false);
      process.emit(signal);
      await stopped;
      expect(exit).not.toHaveBeenCalled();
      process.emit(second);
      expect(exit.mock.calls).toEqual([[1]]);
      exit.mockRestore();
    }
  });
});
