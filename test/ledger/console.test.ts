import { createHash, randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { uuidv7 } from 'uuidv7';
import { clickIdOf, requestIdOf } from '../../core/ids.ts';
import type { Click, Reading } from '../../ledger/index.ts';
import { ana, bo, noon } from '../core/request/request.fixture.ts';
import { atTime, ledger, rows } from './own-ledger.fixture.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const newId = (): Buffer => createHash('sha256').update(randomBytes(8)).digest();

describe('a session of the console', () => {
  const OPENED = { person: ana, account: 'x|ana', ownZone: 'Europe/Lisbon' };
  let id = newId();
  beforeEach(async () => {
    id = newId();
    await atTime(noon, async () => {
      for (const each of [newId(), id, newId()])
        await ledger.openSession(each, each === id ? OPENED : { ...OPENED, person: bo });
    });
  });
  const at = async (ms: number, isSeen = true) => {
    let found: unknown;
    await atTime(noon + ms, async () => void (found = (await ledger.useSession(id, { isSeen }))?.person));
    return found;
  };

  test('is that of its person alone', async () => expect(await at(1)).toBe(ana));

  test.each<[string, readonly (readonly [ms: number, isSeen: boolean])[], boolean]>([
    ['29 minutes after the last page', [[30 * MINUTE - 1, true]], true],
    ['half an hour after the last page', [[30 * MINUTE, true]], false],
    [
      'later, when a page was opened before',
      [
        [20 * MINUTE, true],
        [40 * MINUTE, true],
      ],
      true,
    ],
    [
      'half an hour after the last page that a person opened',
      [
        [20 * MINUTE, false],
        [30 * MINUTE, true],
      ],
      false,
    ],
  ])('lives %s: as this says', async (_when, uses, lives) => {
    let found: unknown;
    for (const [ms, isSeen] of uses) found = await at(ms, isSeen);
    expect(found).toBe(lives ? ana : undefined);
  });

  test('ends after ten hours, however often a page is opened', async () => {
    for (let ms = 0; ms < 10 * HOUR; ms += 20 * MINUTE) expect(await at(ms)).toBe(ana);
    expect(await at(10 * HOUR - 1)).toBe(ana);
    expect(await at(10 * HOUR)).toBeUndefined();
  });

  test('ends when its person signs out, and no other one', async () => {
    const other = newId();
    await atTime(noon, () => ledger.openSession(other, OPENED));
    await atTime(noon, () => ledger.endSession(id));
    expect(await at(1)).toBeUndefined();
    id = other;
    expect(await at(1)).toBe(ana);
  });
});

describe('a sign-in', () => {
  const SIGN_IN = { state: 's', nonce: 'n', verifier: 'v', path: '/' };
  test.each([
    ['ten minutes after it began', 10 * MINUTE, true],
    ['later', 10 * MINUTE + 1, false],
  ])('%s', async (_when, after, isThere) => {
    const id = newId();
    await atTime(noon, () => ledger.beginSignIn(id, SIGN_IN));
    await atTime(noon + after, async () => {
      expect(await ledger.takeSignIn(newId())).toBeUndefined();
      expect(await ledger.takeSignIn(id)).toEqual(isThere ? SIGN_IN : undefined);
      expect(await ledger.takeSignIn(id)).toBeUndefined();
    });
  });
});

describe('the same reading', () => {
  const READING: Reading = { person: ana, kind: 'page', address: '/a' };
  test.each<[string, Reading, number, boolean]>([
    ['at once', READING, 0, true],
    ['after ten minutes', READING, 10 * MINUTE, true],
    ['later', READING, 10 * MINUTE + 1, false],
    ['before it, by a clock that was ahead', READING, -1, false],
    ['of somebody else', { ...READING, person: bo }, 1, false],
    ['of another page', { ...READING, address: '/b' }, 1, false],
    ['as a download', { ...READING, kind: 'export' }, 1, false],
  ])('was just recorded, %s: as this says', async (_what, reading, after, expected) => {
    await rows('begin; set local session_replication_role = replica; truncate reading; commit');
    await atTime(noon, () => ledger.recordReading(READING));
    await atTime(noon + after, async () => expect(await ledger.wasJustRead(reading)).toBe(expected));
  });
});

describe('a click that a page shows', () => {
  test.each<[string, Partial<Click>, boolean]>([
    ['of its person in the console', {}, true],
    ['of somebody else', { person: bo }, false],
    ['of nobody known', { person: null }, false],
    ['of the same person in Slack', { via: 'slack' }, false],
  ])('%s', async (_what, more, isShown) => {
    const id = clickIdOf(uuidv7());
    const click = {
      id,
      request: requestIdOf(id),
      via: 'console',
      account: 'x|ana',
      person: ana,
      kind: 'end',
      body: {},
    };
    await ledger.writeClick({ ...click, ...more } as Click);
    expect((await ledger.ownClick(id, ana))?.id).toBe(isShown ? id : undefined);
  });
});
