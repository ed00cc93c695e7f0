import { describe, expect, test } from '@jest/globals';
import { pauseAfter } from '../../audit/examination.ts';
import type { Ledger } from '../../ledger/index.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import { alter, examined, fill, fixture } from './altered-log.fixture.ts';
import { examineAll, examineNext, examiner } from './examined.fixture.ts';
import { keyOf, LOG_NAME, noteOf } from './log.fixture.ts';
import { publishAll } from './published.fixture.ts';

describe('the pauses of a pass', () => {
  const HOUR = 3_600_000;
  test.each([
    ['of a small log are an hour', 300, 300, 7, HOUR],
    ['of the last log of this pace', 1_000, 168_000, 7, HOUR],
    ['of a larger log are shorter', 1_000, 336_000, 7, HOUR / 2],
    ['for fewer days are shorter', 1_000, 336_000, 1, HOUR / 14],
    ['are as long for a step that goes beyond the end', 2_000, 1_000, 7, HOUR],
  ])('%s', (_what, entries, size, days, expected) => {
    expect(pauseAfter(entries, size, days)).toBe(expected);
  });

  test('take at most the days together, wherever in the log a step is', () => {
    const [size, step] = [10_000_000, 1_000];
    expect((size / step) * pauseAfter(step, size, 7)).toBeCloseTo(7 * 24 * HOUR);
  });
});

describe('the pace', () => {
  const state = async () =>
    (
      await rowsOf<{ next: number; waits: number; due: boolean }>(
        fixture.url,
        `select next, round(extract(epoch from due_at - ledger_now()))::integer as waits, due_at <= ledger_now() as due from log_examination`,
      )
    )[0];

  test('no step is done before it is due', async () => {
    await examineNext(examined);
    const { endedAt } = await examined.ledger.lastExamination();
    expect(endedAt).toBeDefined();
    await examiner(examined)();
    expect((await examined.ledger.lastExamination()).endedAt).toBe(endedAt);
  });

  test('a small log is examined every hour', async () => {
    await examineNext(examined);
    expect((await state())?.waits).toBeGreaterThan(3_590);
    expect((await state())?.waits).toBeLessThanOrEqual(3_600);
  });

  test('a large log is examined in steps that take the days together, and a restart goes on', async () => {
    await fill(3_000);
    for (let at = 0; at < 4; at += 1) {
      await fill(1_000);
      await publishAll(fixture.ledger);
    }
    const { published } = await examined.ledger.logProgress();
    const first = examiner(examined, 1);
    await examineNext(examined, first);
    const { next: after = 0, waits = 0 } = (await state()) ?? {};
    expect(after).toBeGreaterThan(1_000);
    expect(after).toBeLessThan(published);
    expect(waits).toBeLessThanOrEqual(3_600);
    await examineNext(examined);
    expect((await state())?.next).toBeGreaterThan(after);
    expect(await examineAll(examined)).toBeUndefined();
    expect(await state()).toMatchObject({ next: 0 });
  });

  test('what fails is tried again in a minute', async () => {
    const readLogPart: Ledger['readLogPart'] = () => Promise.reject(new Error('the connection was lost'));
    const failing = examiner({ ledger: { ...examined.ledger, readLogPart } });
    await expect(examineNext(examined, failing)).rejects.toThrow('the connection was lost');
    expect((await state())?.waits).toBeGreaterThan(50);
    expect((await state())?.waits).toBeLessThanOrEqual(60);
    expect(await examineAll(examined)).toBeUndefined();
  });

  test('two processes do each step once', async () => {
    await rowsOf(fixture.url, 'update log_examination set due_at = ledger_now()');
    const parts: number[] = [];
    const counting = (): Promise<void> =>
      examiner({
        ledger: {
          ...examined.ledger,
          readLogPart: (part) => (parts.push(part.from), examined.ledger.readLogPart(part)),
        },
      })();
    await Promise.all([counting(), counting()]);
    expect(parts).toEqual([0]);
  });
});

describe('a checkpoint that no known key signed', () => {
  test('counts for nothing when a later one is signed', async () => {
    await alter(
      `update log_checkpoint set note = 'nobody signed this' where size = (select min(size) from log_checkpoint)`,
    );
    expect(await examineAll(examined)).toBeUndefined();
  });

  test('is an error when it is the newest one', async () => {
    const { published } = await examined.ledger.logProgress();
    const note = noteOf({ origin: LOG_NAME, size: published, root: Buffer.alloc(32) }, keyOf('another'));
    await rowsOf(fixture.url, 'alter table log_checkpoint disable trigger append_only');
    await rowsOf(fixture.url, 'update log_checkpoint set note = $1 where size = $2', [note, published]);
    await expect(examineNext(examined)).rejects.toThrow('no known key signed the newest checkpoint');
  });

  test('of another log begins the examination again', async () => {
    await alter(
      `update log_examination set log = 'another', size = 10, next = 5, lease_after = 'x', differences = 3`,
    );
    expect(await examineAll(examined)).toBeUndefined();
    expect((await examined.ledger.lastExamination()).found).toBe(0);
  });
});
