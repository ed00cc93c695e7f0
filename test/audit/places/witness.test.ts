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

  const cosignedIn = (hours: number) => {
    const { one, open } = freshWitness();
    one.cosignsAt = COSIGNED_AT + hours * 3600;
    return open().publish(updateOf(3), never);
  };
  test.each([-23, 23])('a cosignature with a time in %d hours counts', async (hours) => {
    expect(await cosignedIn(hours)).toMatchObject({ kind: 'published' });
  });
  test.each([-25, 25, 2_000_000_000, 2_500_000_000])(
    'a cosignature with a time in %d hours does not count',
    (hours) => expect(cosignedIn(hours)).rejects.toThrow(PlaceUnavailable),
  );

  test('a cosignature of another day is named with its time', async () => {
    const { one, open } = freshWitness();
    one.cosignsAt = Date.UTC(2024, 1, 29) / 1000;
    await expect(open().publish(updateOf(3), never)).rejects.toThrow(
      'the witness witness.example/w1 answers with a cosignature of 2024-02-29T00:00:00.000Z, which is more than a day from now. Compare its clock with the one of this machine',
    );
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

  const size = (text: string, type = 'text/x.tlog.size') => ({
    status: 409,
    text,
    headers: { 'content-type': type },
  });
  const shown = (history: string, of: number) => updateOf(of, { history }).note;
  const unsigned = noteOf(updateOf(3, { history: 'other' }).checkpoint, keyOf('somebody'));
  const noProof =
    /^it refuses this checkpoint, as if it had another log of this name \(\d+\), and shows no checkpoint that proves it\./;

  /** It has cosigned three entries, and then gives this answer to the checkpoint of `of` entries. */
  async function afterThree(of: number, answer: Parameters<typeof server.overrides.set>[1], note?: string) {
    const { prefix, one, open } = freshWitness();
    const place = open();
    await place.publish(updateOf(3), never);
    one.shows = note;
    server.submissions.set(prefix, answer);
    return place.publish(updateOf(of), never);
  }

  // https://c2sp.org/tlog-witness answers 422 for the same size with another root, and its version 1.0.0 answered 409.
  const contradictions: readonly (readonly [string, number, Parameters<typeof afterThree>[1]])[] = [
    ['422 for the same size', 3, { status: 422 }],
    ['422 for a larger size', 5, { status: 422 }],
    ['409 for the same size, with that size', 3, size('3\n')],
    ['409 for the same size, without a size', 3, { status: 409 }],
    ['409 for a larger size, with the size that was sent', 5, size('3\n')],
  ];
  describe.each(contradictions)('the answer %s', (_answer, of, answer) => {
    test.each([
      ['of the same size', 3],
      ['that is shorter', 2],
      ['that is longer', 7],
    ])('is a fork when it shows another log %s that the key of the log signed (T25)', async (_which, has) => {
      const note = shown('other', has);
      expect(await afterThree(of, answer, note)).toEqual({ kind: 'fork', size: has, note });
    });

    test.each([
      ['no checkpoint', undefined],
      ['a state of this log', shown('one', 3)],
      ['what another key signed', unsigned],
      ['what is no note', 'nobody signed this\n'],
    ])('is a refusal without a proof when it shows %s', async (_what, note) => {
      expect(await afterThree(of, answer, note)).toEqual({
        kind: 'refused',
        why: expect.stringMatching(noProof),
      });
    });
  });

  test('a larger size than that of the checkpoint is told, with what the witness shows', async () => {
    const larger = size('9\n');
    expect(await afterThree(5, larger)).toEqual({ kind: 'ahead', size: 9 });
    expect(await afterThree(5, larger, shown('one', 9))).toEqual({
      ...{ kind: 'ahead', size: 9, note: shown('one', 9) },
    });
    const other = shown('other', 4);
    expect(await afterThree(5, larger, other)).toEqual({ kind: 'fork', size: 4, note: other });
  });

  test.each([
    [
      404,
      `it does not know a log named ${LOG_NAME}. Give its operator this name and the public key of the log`,
    ],
    [403, 'it does not know the key of the log. Give its operator the name and the public key of the log'],
    [400, 'it does not understand the checkpoint (400). Ask its operator'],
  ])('the answer %s is a refusal, which says what to do', async (status, why) => {
    expect(await afterThree(5, { status })).toEqual({ kind: 'refused', why });
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
    ['too many bytes', () => ({ status: 200, text: 'x'.repeat(70_000) }), 'larger than 65536 bytes'],
  ])('an answer with %s is no answer of a witness (T21)', async (_what, answer, error) => {
    const { prefix, open } = freshWitness();
    server.overrides.set(prefix, answer());
    const published = open().publish(updateOf(3), never);
    await expect(published).rejects.toThrow(PlaceUnavailable);
    await expect(published).rejects.toThrow(error);
    expect(server.requests.some((request) => request.includes('elsewhere'))).toBe(false);
  });

  test('a witness whose answer does not end, or that cannot be reached, is named with the reason in words', async () => {
    const { prefix } = freshWitness();
    server.overrides.set(prefix, { status: 200, isUnfinished: true });
    const at = { key: witnessKey, origin: LOG_NAME, answerMs: 200 };
    await expect(witness({ ...at, url: server.url(prefix) }).publish(updateOf(3), never)).rejects.toThrow(
      /^the witness at \S+ does not answer: there was no whole answer within 0\.2 s$/,
    );
    const closed = new WitnessServer();
    await closed.listen();
    const url = closed.url('w');
    closed.close();
    await expect(witness({ ...at, url }).newest(never)).rejects.toThrow('does not answer: ECONNREFUSED');
  });

  test('a witness that states another size each time is asked three times', async () => {
    const { one, open } = freshWitness();
    const place = open();
    let stated = 0;
    one.addCheckpoint = (body) => {
      one.bodies.push(body);
      return size(`${(stated += 1)}\n`);
    };
    await expect(place.publish(updateOf(5), never)).rejects.toThrow('states another size each time');
    expect(one.bodies).toHaveLength(3);
  });

  test.each([301, 403, 404, 405, 410, 501])(
    'a witness that answers %d where its checkpoint would be shows none, and is asked to cosign',
    async (status) => {
      const { prefix, open } = freshWitness();
      server.overrides.set(prefix, { status });
      expect(await open().newest(never)).toBeUndefined();
    },
  );

  test.each([408, 429, 500, 503])('a witness that answers %d there has an outage', async (status) => {
    const { prefix, open } = freshWitness();
    server.overrides.set(prefix, { status });
    await expect(open().newest(never)).rejects.toThrow(`answers with the status ${status}`);
  });
});
