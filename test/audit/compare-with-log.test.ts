import { describe, expect, test } from '@jest/globals';
import { compareWithLog, type PlaceReading, readPlace } from '../../audit/compare-with-log.ts';
import type { PlaceKind } from '../../audit/places/place.ts';
import { fakeLog, noteOfLog } from './fake-log.fixture.ts';
import { keyOf } from './log.fixture.ts';

describe('a checkpoint outside is compared with the log of four entries (F37)', () => {
  test.each<[string, string, boolean, readonly string[]]>([
    ['of the same size', noteOfLog('one', 4), true, []],
    ['that is older', noteOfLog('one', 3), true, []],
    ['of no entries', noteOfLog('one', 0), true, []],
    ['that is newer', noteOfLog('one', 5), false, ['quarantine']],
    ['of another log of the same size', noteOfLog('two', 4), false, ['quarantine']],
    ['of another log that is shorter', noteOfLog('two', 3), false, ['quarantine']],
    ['of another log that is longer', noteOfLog('two', 5), false, ['quarantine']],
    ['of another key', noteOfLog('one', 4, keyOf('another')), false, []],
    ['of another key and another log', noteOfLog('two', 5, keyOf('another')), false, []],
    ['that is no note', 'nobody signed this\n', false, []],
  ])('one %s', async (_what, note, isOfLog, recorded) => {
    const log = fakeLog('one', 4);
    expect(await compareWithLog('place', note, log.deps)).toBe(isOfLog);
    expect(log.what()).toEqual(recorded);
  });
});

describe('a place in which three entries were published', () => {
  test.each<[string, PlaceKind, number, string | undefined, PlaceReading['state'], boolean]>([
    ['shows as many', 'folder', 3, noteOfLog('one', 3), 'agrees', false],
    ['shows more', 'folder', 3, noteOfLog('one', 4), 'agrees', false],
    ['shows one less', 'folder', 3, noteOfLog('one', 2), 'lost', true],
    ['shows nothing', 'folder', 3, undefined, 'lost', true],
    ['shows nothing, and need not', 'witness', 3, undefined, 'shows-nothing', false],
    ['shows nothing, because nothing was published there', 'folder', 0, undefined, 'new', false],
    ['is a witness where nothing was published', 'witness', 0, undefined, 'new', false],
    ['shows another log', 'git', 3, noteOfLog('two', 4), 'foreign', false],
    ['shows what nobody signed', 'folder', 3, 'nobody signed this\n', 'foreign', true],
  ])('%s', async (_what, kind, before, note, state, hasProblem) => {
    const log = fakeLog('one', 4);
    log.showed(before);
    const newest = () => Promise.resolve(note);
    const place = { name: 'a place', kind, newest, publish: () => Promise.reject(new Error('it is read')) };
    const read = await readPlace(place, log.deps, (_ms, work) => work(new AbortController().signal));
    expect([read.state, 'problem' in read]).toEqual([state, hasProblem]);
  });
});
