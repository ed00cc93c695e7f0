import { describe, expect, test } from '@jest/globals';
import { eachAtOnce, timed } from '../../reaper/timed.ts';
import { neverAborts } from '../providers/never-aborts.fixture.ts';

const hang = () => new Promise<never>(() => undefined);
const LONG = 600_000;

describe('work with a time limit', () => {
  test('that hangs is given up when the reaper is stopped, also where it was stopped before the work began', async () => {
    const stopped = new AbortController();
    const during = timed(hang, { ms: LONG, signal: stopped.signal });
    stopped.abort();
    await expect(during).rejects.toThrow('there was no answer');
    await expect(timed(hang, { ms: LONG, signal: stopped.signal })).rejects.toThrow('there was no answer');
  });

  test('fails with its own error where it has one, which says more', async () => {
    const work = (signal: AbortSignal) =>
      new Promise<never>((_, fail) => {
        signal.addEventListener('abort', () => fail(new Error('the vendor closed the connection')));
      });
    await expect(timed(work, { ms: 1, signal: neverAborts })).rejects.toThrow('the vendor closed');
  });
});

describe('the work of many items', () => {
  test('runs at so many places at most, and an item that takes long gives its place away', async () => {
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => void (release = resolve));
    const [begun, done]: [number[], number[]] = [[], []];
    const all = eachAtOnce([0, 1, 2, 3, 4], { atOnce: 2, slowMs: 1 }, async (item) => {
      begun.push(item);
      if (item < 2) await released;
      if (item === 4) release();
      done.push(item);
    });
    expect(begun).toEqual([0, 1]);
    await all;
    expect([begun, done.toSorted((a, b) => a - b)]).toEqual([
      [0, 1, 2, 3, 4],
      [0, 1, 2, 3, 4],
    ]);
  });
});
