import { createHash } from 'node:crypto';
import { openCosignatures } from '../note/cosignature.ts';
import { parseNote } from '../note/note.ts';
import type { VerifierKey } from '../note/vkey.ts';
import { type Place, PlaceUnavailable, type Published, type Update } from './place.ts';
import { type Answer, callWitness } from './witness-call.ts';

/** `url`: the submission prefix, such as https://witness.example/. It is also where the witness shows its checkpoints. */
export type WitnessPlace = Readonly<{ url: URL; key: VerifierKey; origin: string }>;

/**
 * A witness that cosigns our checkpoints (https://c2sp.org/tlog-witness). It keeps the size of the newest checkpoint that it saw,
 * and cosigns only what is consistent with it. It gets no entries.
 */
export function witness(place: WitnessPlace): Place {
  /** The size that the witness knows. It is a guess: the witness corrects it. */
  let known = 0;
  return {
    name: `witness ${place.key.name} at ${place.url.href}`,
    kind: 'witness',
    newest: (signal) => shownCheckpoint(place, signal),
    async publish(update, signal) {
      if (known > update.checkpoint.size) known = 0;
      for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
        const answer = await submit(place, update, known, signal);
        if (answer.status !== 409) {
          const published = outcomeOf(place, update, answer, known);
          if (published.kind === 'published') known = update.checkpoint.size;
          return published;
        }
        known = knownSize(place, answer);
        if (known > update.checkpoint.size) return { kind: 'ahead', size: known };
      }
      throw unavailable(place, 'states another size each time');
    },
  };
}

/** The first attempt can be with a wrong size, and another process can be faster once. */
const ATTEMPTS = 3;

const unavailable = ({ key }: WitnessPlace, what: string): PlaceUnavailable =>
  new PlaceUnavailable(`the witness ${key.name} ${what}`);

/** A proof has at most 63 hashes, since a size is below 2^63. */
async function submit(
  place: WitnessPlace,
  { note, consistencyFrom }: Update,
  size: number,
  signal: AbortSignal,
): Promise<Answer> {
  const proof = size === 0 ? [] : await consistencyFrom(size);
  const lines = [`old ${size}`, ...proof.map((hash) => hash.toString('base64'))];
  return callWitness(place, { path: 'add-checkpoint', body: `${lines.join('\n')}\n\n${note}`, signal });
}

const SIZE = /^(0|[1-9]\d{0,15})\n$/;

function knownSize(place: WitnessPlace, { type, text }: Answer): number {
  const [, size] = SIZE.exec(text) ?? [];
  if (type === 'text/x.tlog.size' && size !== undefined && Number.isSafeInteger(Number(size)))
    return Number(size);
  throw unavailable(place, 'states no size of a log with its answer 409');
}

/** What an answer means that does not correct the size. `size` is what the witness confirmed that it knows. */
function outcomeOf(place: WitnessPlace, update: Update, { status, text }: Answer, size: number): Published {
  if (status === 200) return cosigned(place, update, text);
  // Our proof is from our own tree, so the witness saw another tree of this log.
  if (status === 422) return { kind: 'fork', size };
  if (status === 404) return { kind: 'refused', why: `it does not know a log named ${place.origin}` };
  if (status === 403) return { kind: 'refused', why: 'it does not know the key of the log' };
  if (status === 400) return { kind: 'refused', why: 'it does not understand the checkpoint (400)' };
  throw unavailable(place, `answers with the status ${status}`);
}

function cosigned(place: WitnessPlace, update: Update, lines: string): Published {
  const note = parseNote(update.note);
  const opened = note.ok ? openCosignatures(note.value.text, lines, [place.key]) : note;
  if (!opened.ok) throw unavailable(place, `answers without its cosignature: ${opened.error}`);
  return { kind: 'published', cosignatures: opened.value.map(({ line }) => line).join('') };
}

/** A witness should show the newest checkpoint that it cosigned, but need not: 404 is also for a witness that shows none. */
async function shownCheckpoint(place: WitnessPlace, signal: AbortSignal): Promise<string | undefined> {
  const origin = createHash('sha256').update(place.origin).digest('hex');
  const { status, text } = await callWitness(place, { path: `${origin}/checkpoint`, signal });
  if (status === 200) return text;
  if (status === 404 || status === 405) return undefined;
  throw unavailable(place, `answers with the status ${status}`);
}
