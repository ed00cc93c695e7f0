import { describe, expect, test } from '@jest/globals';
import type { PlaceState } from '../../audit/compare-with-log.ts';
import type { Update } from '../../audit/places/place.ts';
import { signing } from '../../audit/signing.ts';
import { fakeLog, noteOfLog } from './fake-log.fixture.ts';
import { keyOf } from './log.fixture.ts';

const HOUR_MS = 3_600_000;

/** A signer over a log of four entries, with a place in each of these states. */
function signingWith(states: readonly PlaceState[], everyMs = 0) {
  const log = fakeLog('one', 4);
  const given: number[] = [];
  const publishers = states.map((state) => ({
    state: () => state,
    publish: ({ checkpoint }: Update) => void given.push(checkpoint.size),
  }));
  return { log, given, signer: signing(log.deps, publishers, everyMs) };
}

describe('a process signs nothing that is not what it signed before (I21, F37)', () => {
  test.each<[string, string, number, readonly number[], boolean]>([
    ['is the same', 'one', 4, [4], false],
    ['has more entries', 'one', 6, [4, 6], false],
    ['has an entry less', 'one', 3, [4], true],
    ['is empty', 'one', 0, [4], true],
    ['is as long, and another one', 'two', 4, [4], true],
    ['is longer, and another one', 'two', 6, [4], true],
    ['is shorter, and another one', 'two', 3, [4], true],
  ])('the log %s', async (_how, history, size, signed, isQuarantined) => {
    const { log, given, signer } = signingWith(['agrees']);
    await signer.sign(true);
    log.has(history, size);
    await signer.sign(true);
    expect([given, log.isQuarantined()]).toEqual([signed, isQuarantined]);
  });

  test('the last of several checkpoints counts, and is given once', async () => {
    const { log, given, signer } = signingWith(['agrees']);
    for (const size of [2, 4, 4]) {
      log.has('one', size);
      await signer.sign(true);
    }
    log.has('two', 6); // It begins with the same two entries.
    await signer.sign(true);
    expect([given, log.isQuarantined()]).toEqual([[2, 4], true]);
  });

  test('an empty log is not signed', async () => {
    const { log, given, signer } = signingWith(['agrees']);
    log.has('one', 0);
    await signer.sign(true);
    expect(given).toEqual([]);
  });

  test('and gives each checkpoint to each of three places', async () => {
    const { given, signer } = signingWith(['agrees', 'lost', 'unread']);
    await signer.sign(true);
    expect(given).toEqual([4, 4, 4]);
  });

  test('the next checkpoint waits for its time, but not when somebody waits for it', async () => {
    const { log, given, signer } = signingWith(['agrees'], HOUR_MS);
    await signer.sign(false);
    log.has('one', 5);
    await signer.sign(false);
    expect(given).toEqual([4]);
    await signer.sign(true);
    expect(given).toEqual([4, 5]);
  });
});

describe('a process begins to sign only when it knows that the log is the one that was published (I21, F37)', () => {
  const NEWEST = noteOfLog('one', 3);
  const WAITS = { may: false, isTold: false };
  const STOPS = { may: false, isTold: true };
  const BEGINS = { may: true, isTold: false };

  test.each<[string, string | undefined, readonly PlaceState[], typeof BEGINS]>([
    ['nothing was published, and one of three places is new', undefined, ['lost', 'foreign', 'new'], BEGINS],
    ['nothing was published, and no place is new', undefined, ['lost', 'lost', 'foreign'], STOPS],
    ['nothing was published, and the only place is not read', undefined, ['unread'], WAITS],
    ['one of three places has a state of the log', NEWEST, ['lost', 'foreign', 'agrees'], BEGINS],
    ['all three places are new', NEWEST, ['new', 'new', 'new'], BEGINS],
    ['two of three places are new, and one lost the log', NEWEST, ['new', 'lost', 'new'], STOPS],
    ['two of three places are new, and one has another log', NEWEST, ['foreign', 'new', 'new'], STOPS],
    ['two of three places are new, and one is not read', NEWEST, ['new', 'new', 'unread'], WAITS],
    ['all three places lost the log', NEWEST, ['lost', 'lost', 'lost'], STOPS],
    ['the ledger is at an older state, and a place agrees', noteOfLog('one', 5), ['agrees'], STOPS],
    ['the ledger has another log, and all places are new', noteOfLog('two', 3), ['new', 'new'], STOPS],
  ])('%s', async (_what, newest, states, expected) => {
    const { log, signer } = signingWith(states);
    log.hasPublished(newest);
    expect({ may: await signer.mayBegin(), isTold: log.said.length > 0 }).toEqual(expected);
    expect(log.what().includes('keys')).toBe(expected.may);
  });

  test.each([
    ['is an older state', noteOfLog('one', 5), true],
    ['has another log', noteOfLog('two', 3), true],
    ['has the published log', NEWEST, false],
  ])('and the ledger that %s is in quarantine as this says: %j', async (_what, newest, isQuarantined) => {
    const { log, signer } = signingWith(['new']);
    log.hasPublished(newest);
    await signer.mayBegin();
    expect(log.isQuarantined()).toBe(isQuarantined);
  });

  test('a newest checkpoint of a key that is not known stops it, whatever the places say', async () => {
    const { log, signer } = signingWith(['agrees']);
    log.hasPublished(noteOfLog('one', 3, keyOf('another')));
    await expect(signer.mayBegin()).rejects.toThrow('no known key signed');
    expect(log.recorded).toEqual([]);
  });

  test('a person is told once that nothing is signed', async () => {
    const { log, signer } = signingWith(['lost']);
    for (let times = 0; times < 3; times += 1) await signer.mayBegin();
    expect(log.said).toEqual([expect.stringMatching(/^nothing is signed/)]);
  });
});
