import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openCosignatures } from '../../../audit/note/cosignature.ts';
import { parseNote } from '../../../audit/note/note.ts';
import { PlaceUnavailable } from '../../../audit/places/place.ts';
import { witness } from '../../../audit/places/witness.ts';
import { keyOf, LOG_NAME, noteOf, trusted, updateOf } from '../log.fixture.ts';
import { openNote } from '../../../audit/note/open.ts';
import { itIsAPlace, never, type Subject } from './contract.fixture.ts';
import { COSIGNED_AT, Witness, witnessKey, WitnessServer } from './witness.fixture.ts';

const server = new WitnessServer();
beforeAll(() => server.listen());
afterAll(() => server.close());

let count = 0;
function freshWitness() {
  const prefix = `w${(count += 1)}`;
  const one = new Witness();
  server.witnesses.set(prefix, one);
  const open = () => witness({ url: server.url(prefix), key: witnessKey, origin: LOG_NAME });
  return { prefix, one, open };
}

describe('a witness', () => {
  itIsAPlace(async (): Promise<Subject> => {
    const { prefix, one, open } = freshWitness();
    return {
      place: open(),
      reopened: open,
      forge: async () => undefined,
      breakIt: async () => void server.witnesses.delete(prefix),
      contents: async () => one.kept,
      keepsFiles: false,
    };
  });

  test('cosigns a checkpoint, and the cosignature is verified and returned', async () => {
    const { open } = freshWitness();
    const update = updateOf(3);
    const published = await open().publish(update, never);
    if (published.kind !== 'published') throw new Error(published.kind);
    const note = parseNote(update.note);
    const text = note.ok ? note.value.text : '';
    expect(openCosignatures(text, published.cosignatures, [witnessKey])).toMatchObject({
      value: [{ at: COSIGNED_AT }],
    });
  });

  test('shows a note with the signature of the log and its own', async () => {
    const { open } = freshWitness();
    await open().publish(updateOf(3), never);
    const shown = (await open().newest(never)) ?? '';
    expect(openNote(shown, [...trusted, witnessKey])).toMatchObject({
      value: { signedBy: [trusted[0], witnessKey] },
    });
  });

  test('gets a proof from the size that it knows, also in a process that does not know it', async () => {
    const { one, open } = freshWitness();
    const place = open();
    for (const size of [1, 2, 3, 6, 7, 8, 20]) {
      expect(await place.publish(updateOf(size), never)).toMatchObject({ kind: 'published' });
      expect(await open().publish(updateOf(size + 1), never)).toMatchObject({ kind: 'published' });
    }
    expect(one.bodies[0]).toMatch(/^old 0\n\ncurfew.example.com\/log\n1\n/);
    expect(one.bodies.filter((body) => body.startsWith('old 0\n\n'))).toHaveLength(1 + 7);
  });

  test('a proof that is wrong is a fork, and is not taken', async () => {
    const { one, open } = freshWitness();
    const place = open();
    await place.publish(updateOf(3), never);
    const consistencyFrom = async () => [Buffer.alloc(32), Buffer.alloc(32), Buffer.alloc(32)];
    expect(await place.publish(updateOf(5, { consistencyFrom }), never)).toEqual({ kind: 'fork', size: 3 });
    expect(one.kept?.checkpoint.size).toBe(3);
  });

  test('a log that it does not know is refused, and so is a key', async () => {
    const { open } = freshWitness();
    const { checkpoint } = updateOf(3);
    const other = updateOf(3, { note: noteOf(checkpoint, keyOf('other')) });
    expect(await open().publish(other, never)).toEqual({
      kind: 'refused',
      why: 'it does not know the key of the log',
    });
    const elsewhere = updateOf(3, { note: noteOf({ ...checkpoint, origin: 'other' }) });
    expect(await open().publish(elsewhere, never)).toEqual({
      kind: 'refused',
      why: `it does not know a log named ${LOG_NAME}`,
    });
  });

  const size = (text: string, type = 'text/x.tlog.size') => ({
    status: 409,
    text,
    headers: { 'content-type': type },
  });
  const otherLine = () => new Witness().addCheckpoint(`old 0\n\n${updateOf(4).note}`).text ?? '';
  test.each<[what: string, answer: () => Parameters<typeof server.overrides.set>[1], error: string]>([
    ['a cosignature of another checkpoint', () => ({ status: 200, text: otherLine() }), 'is wrong'],
    ['no cosignature', () => ({ status: 200, text: '' }), 'answers without its cosignature'],
    ['a page', () => ({ status: 200, text: '<!doctype html>' }), 'answers without its cosignature'],
    ['the status 500', () => ({ status: 500 }), 'answers with the status 500'],
    ['the status 429', () => ({ status: 429 }), 'answers with the status 429'],
    [
      'a redirect',
      () => ({ status: 307, headers: { location: '/elsewhere/add-checkpoint' } }),
      'answers with the status 307',
    ],
    ['a size in another type', () => size('3\n', 'text/plain'), 'states no size'],
    ['a size with a zero before it', () => size('03\n'), 'states no size'],
    ['a size without its newline', () => size('3'), 'states no size'],
    ['a size that changes nothing', () => size('2\n'), 'states another size each time'],
    ['too many bytes', () => ({ status: 200, text: 'x'.repeat(70_000) }), 'larger than 65536 bytes'],
  ])('an answer with %s is no answer of a witness (T21)', async (_what, answer, error) => {
    const { prefix, open } = freshWitness();
    server.overrides.set(prefix, answer());
    const published = open().publish(updateOf(3), never);
    await expect(published).rejects.toThrow(PlaceUnavailable);
    await expect(published).rejects.toThrow(error);
    expect(server.requests.some((request) => request.includes('elsewhere'))).toBe(false);
  });

  test('a witness that shows no checkpoints has no newest note', async () => {
    const { prefix, open } = freshWitness();
    server.overrides.set(prefix, { status: 405 });
    expect(await open().newest(never)).toBeUndefined();
  });
});
