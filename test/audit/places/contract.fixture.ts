import { expect, test } from '@jest/globals';
import { checkpointText } from '../../../audit/note/checkpoint.ts';
import { type Place, PlaceUnavailable } from '../../../audit/places/place.ts';
import { keyOf, noteOf, updateOf } from '../log.fixture.ts';

export const { signal: never } = new AbortController();

/** A place to test, and what somebody else can do to it. Each call of the kit gets a place with nothing in it. */
export type Subject = Readonly<{
  place: Place;
  /** The same place, as another process opens it. */
  reopened: () => Place;
  /** Replaces the newest note, as somebody does who can write there. */
  forge: (note: string) => Promise<void>;
  /** From here on the place does not answer. */
  breakIt: () => Promise<void>;
  /** What is in the place, as text, so that two states can be compared. */
  contents: () => Promise<unknown>;
  /** Keeps files: tiles, and each note. */
  keepsFiles: boolean;
}>;

const PUBLISHED = { kind: 'published' };
const crash = new Error('the process ended');
async function* filesThatEnd() {
  yield* updateOf(3).filesFrom(0);
  throw crash;
}

/** What every place must do. A new place is finished when its own test passes it through here. */
export function itIsAPlace(fresh: () => Promise<Subject>): void {
  test('a place with nothing in it has no newest note, and then the one that was published', async () => {
    const { place, reopened } = await fresh();
    expect(await place.newest(never)).toBeUndefined();
    expect(await place.publish(updateOf(2), never)).toMatchObject(PUBLISHED);
    expect(await place.publish(updateOf(5), never)).toMatchObject(PUBLISHED);
    for (const each of [place, reopened()])
      expect(updateOf(5).open((await each.newest(never)) ?? '')).toMatchObject({ value: { size: 5 } });
  });

  test('a checkpoint that is published already is published, and nothing changes', async () => {
    const { place, reopened, contents } = await fresh();
    await place.publish(updateOf(3), never);
    const before = await contents();
    expect(await place.publish(updateOf(3), never)).toMatchObject(PUBLISHED);
    expect(await reopened().publish(updateOf(3), never)).toMatchObject(PUBLISHED);
    expect(await contents()).toEqual(before);
  });

  test('a publication that ended between the files and the note is finished by the next one', async () => {
    const { place, reopened, keepsFiles } = await fresh();
    const interrupted = place.publish(updateOf(3, { filesFrom: filesThatEnd }), never);
    if (keepsFiles) await expect(interrupted).rejects.toBe(crash);
    await interrupted.catch(() => undefined);
    expect(await reopened().publish(updateOf(3), never)).toMatchObject(PUBLISHED);
    expect(updateOf(3).open((await place.newest(never)) ?? '')).toMatchObject({ value: { size: 3 } });
  });

  test('an older checkpoint is refused, with the size that the place has', async () => {
    const { place, reopened } = await fresh();
    await place.publish(updateOf(5), never);
    expect(await place.publish(updateOf(3), never)).toMatchObject({ kind: 'ahead', size: 5 });
    expect(await reopened().publish(updateOf(3), never)).toMatchObject({ kind: 'ahead', size: 5 });
  });

  test.each([
    ['of the same size', 3],
    ['of a larger size', 5],
  ])('a checkpoint %s of another tree is a fork (T25)', async (_which, size) => {
    const { place, reopened } = await fresh();
    await place.publish(updateOf(3), never);
    const other = updateOf(size, { history: 'other' });
    for (const each of [place, reopened()])
      expect(await each.publish(other, never)).toMatchObject({ kind: 'fork', size: 3 });
    expect(updateOf(3).open((await place.newest(never)) ?? '')).toMatchObject({ value: { size: 3 } });
  });

  test('a place that does not answer throws, and is never a place with nothing in it', async () => {
    const { place, reopened, breakIt } = await fresh();
    await place.publish(updateOf(3), never);
    await breakIt();
    for (const each of [place, reopened()]) {
      await expect(each.newest(never)).rejects.toThrow(PlaceUnavailable);
      await expect(each.publish(updateOf(4), never)).rejects.toThrow(PlaceUnavailable);
    }
  });

  test('nothing is published after the call was aborted', async () => {
    const { place, contents } = await fresh();
    const before = await contents();
    await expect(place.publish(updateOf(3), AbortSignal.abort())).rejects.toThrow();
    expect(await contents()).toEqual(before);
  });
}

/** What every place must do where others can write the newest note. */
export function itTrustsNoNote(fresh: () => Promise<Subject>): void {
  const { checkpoint } = updateOf(3);
  test.each<[what: string, note: string]>([
    ['another key signed', noteOf(checkpoint, keyOf('somebody'))],
    ['nobody signed', checkpointText(checkpoint)],
    ['is no note', '\u0000 a text, "quoted" `code` <!channel>\n'],
    ['is of another log', noteOf({ ...checkpoint, origin: 'other.example.com/log' })],
  ])('a newest note that %s is shown and not trusted', async (_what, note) => {
    const { place, forge } = await fresh();
    await place.publish(updateOf(2), never);
    await forge(note);
    expect(await place.newest(never)).toBe(note);
    expect(await place.publish(updateOf(4), never)).toMatchObject({ kind: 'altered', path: 'checkpoint' });
    expect(await place.newest(never)).toBe(note);
  });

  test('a newest note that is too long is the empty text', async () => {
    const { place, forge } = await fresh();
    await forge('x'.repeat(70_000));
    expect(await place.newest(never)).toBe('');
  });
}
