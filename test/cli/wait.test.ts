import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { EXIT } from '../../cli/terminal/exit.ts';
import { parseInterval, watching } from '../../cli/list/watch.ts';
import { stoppableWait, untilStopped } from '../../cli/terminal/signals.ts';
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

describe('a wait that a person can stop', () => {
  beforeEach(removeSignalListeners);
  afterEach(removeSignalListeners);

  test('is over after its time, and can be done again', async () => {
    const wait = stoppableWait(1);
    expect([await wait(), await wait()]).toEqual([false, false]);
  });

  test('ends at once when the person stops the command, and stays ended', async () => {
    const wait = stoppableWait(60_000);
    const waiting = wait();
    process.emit('SIGINT');
    expect([await waiting, await wait()]).toEqual([true, true]);
  });
});

describe('a list that is drawn again and again', () => {
  /** Draws these screens one after the other, then the person stops. Returns what was written. */
  async function drawn(screens: readonly (readonly string[])[], height = 40): Promise<readonly string[]> {
    const written: string[] = [];
    let next = 0;
    await watching({
      draw: () => Promise.resolve(screens[next] ?? []),
      wait: () => Promise.resolve((next += 1) === screens.length),
      height: () => height,
      write: (text) => void written.push(text),
    });
    return written;
  }

  test('is on a screen of its own, each time from the top, until the person stops', async () => {
    expect(await drawn([['a', 'b'], ['c']])).toEqual([
      '\u001b[?1049h',
      '\u001b[Ha\u001b[K\nb\u001b[K\n\u001b[J',
      '\u001b[Hc\u001b[K\n\u001b[J',
      '\u001b[?1049l',
    ]);
  });

  test('has as many lines as the terminal, so that it never scrolls', async () => {
    expect((await drawn([['a', 'b', 'c']], 3))[1]).toBe('\u001b[Ha\u001b[K\nb\u001b[K\n\u001b[J');
  });

  test('leaves its screen also when it cannot be drawn', async () => {
    const written: string[] = [];
    const broken = watching({
      draw: () => Promise.reject(new Error('no such person')),
      wait: () => Promise.resolve(true),
      height: () => 40,
      write: (text) => void written.push(text),
    });
    await expect(broken).rejects.toThrow('no such person');
    expect(written.at(-1)).toBe('\u001b[?1049l');
  });

  test.each([
    ['1', 1],
    ['2.5', 2.5],
    ['3600', 3600],
  ])('is drawn every %s seconds', (text, seconds) => expect(parseInterval(text)).toBe(seconds));

  test.each(['0', '-1', '3601', 'often', 'Infinity'])('is not drawn every %j seconds', (text) =>
    expect(() => parseInterval(text)).toThrow('a number of seconds from 1 to 3600'),
  );
});
