import { expect, test } from '@jest/globals';
import { filePlace, type FileSession } from '../../../audit/places/file-place.ts';
import { type LogFile, PlaceUnavailable } from '../../../audit/places/place.ts';
import { updateOf } from '../log.fixture.ts';
import { never } from './contract.fixture.ts';

/** A place whose `checkpoint` somebody else changes so many times, always after it was read. */
function busyPlace(changes: number) {
  const did: string[] = [];
  const begin = (): Promise<FileSession> => {
    did.push('begin');
    return Promise.resolve({
      newest: undefined,
      put: (files: readonly LogFile[]) => (did.push(`put ${files.length}`), Promise.resolve(undefined)),
      read: () => Promise.resolve(undefined),
      finish: () => Promise.resolve(count('begin') > changes),
      close: () => void did.push('close'),
    });
  };
  const count = (what: string): number => did.filter((each) => each === what).length;
  return { count, place: filePlace({ name: 'busy place', kind: 'folder', filesAtOnce: 1, begin }) };
}

test.each([0, 1, 9])(
  'a publication begins again each time that somebody else changed the checkpoint: %d times',
  async (changes) => {
    const { place, count } = busyPlace(changes);
    expect(await place.publish(updateOf(2), never)).toMatchObject({ kind: 'published' });
    expect([count('begin'), count('close')]).toEqual([changes + 1, changes + 1]);
  },
);

test('after ten times it fails, and a later one can succeed', async () => {
  const { place, count } = busyPlace(10);
  await expect(place.publish(updateOf(2), never)).rejects.toThrow(
    new PlaceUnavailable('the busy place cannot be written: somebody else writes there all the time'),
  );
  expect([count('begin'), count('close')]).toEqual([10, 10]);
  expect(await place.publish(updateOf(2), never)).toMatchObject({ kind: 'published' });
});
