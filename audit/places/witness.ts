import { createHash } from 'node:crypto';
import { openCosignatures } from '../note/cosignature.ts';
import { parseNote } from '../note/note.ts';
import type { VerifierKey } from '../note/vkey.ts';
import { compare, type Comparison } from './compare.ts';
import { type Place, type PlaceRefusal, PlaceUnavailable, type PublishResult, type Update } from './place.ts';
import { type Answer, callWitness } from './witness-call.ts';

/** `url`: the submission prefix, such as https://witness.example/. It is also where the witness shows its checkpoints. `answerMs`: how long an answer may take. */
export type WitnessPlace = Readonly<{ url: URL; key: VerifierKey; origin: string; answerMs?: number }>;

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
      const { size } = update.checkpoint;
      const least = Math.min(update.publishedBefore ?? 0, size);
      if (known > size || known < least) known = least;
      for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
        const answer = await submit(place, update, known, signal);
        const stated = answer.status === 409 ? statedSize(answer) : undefined;
        if (stated === undefined || stated === known) {
          const published = await outcomeOf({ place, update, signal }, answer, known);
          if (published.kind !== 'published') return published;
          const before = known;
          known = size;
          return { ...published, before };
        }
        known = stated;
        if (known < least) return { kind: 'lost', size: known };
        if (known > size) return ahead({ place, update, signal }, known);
      }
      throw unavailable(place, 'states another size each time');
    },
  };
}

/** The first attempt can be with a wrong size, and another process can be faster once. */
const ATTEMPTS = 3;

/** A cosignature states when the witness saw the checkpoint. Its clock may be wrong by so much. */
const MOST_APART_MS = 24 * 60 * 60 * 1000;

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

/** The size that a witness states with the answer 409; undefined when it states none. */
function statedSize({ type, text }: Answer): number | undefined {
  const size = Number(SIZE.exec(text)?.[1]);
  return type === 'text/x.tlog.size' && Number.isSafeInteger(size) ? size : undefined;
}

type Submission = Readonly<{ place: WitnessPlace; update: Update; signal: AbortSignal }>;

/** What an answer means that does not correct the size. `old`: the size that was sent. */
async function outcomeOf(submission: Submission, answer: Answer, old: number): Promise<PublishResult> {
  const { place, update } = submission;
  const { status, text } = answer;
  if (status === 200) return cosigned(place, update, text);
  if (status === 422) return contradicted(submission, status);
  if (status === 409) {
    // https://c2sp.org/tlog-witness@v1.0.0 has this answer for another root of the same size too: "If they don't match, the witness MUST respond with a "409 Conflict"". Later versions have 422.
    if (statedSize(answer) === old || old === update.checkpoint.size) return contradicted(submission, status);
    throw unavailable(place, 'states no size of a log with its answer 409');
  }
  if (status === 404)
    return refused(
      `it does not know a log named ${place.origin}. Give its operator this name and the public key of the log`,
    );
  if (status === 403)
    return refused(
      'it does not know the key of the log. Give its operator the name and the public key of the log',
    );
  if (status === 400) return refused('it does not understand the checkpoint (400). Ask its operator');
  throw unavailable(place, `answers with the status ${status}`);
}

const refused = (why: string): PlaceRefusal => ({ kind: 'refused', why });

/**
 * Our proof is from our own tree, so the witness says that it saw another tree. It is a fork when its own checkpoint proves it: the key of
 * the log signed that one, and it is not a state of this log. Whether a longer one is a state of this log, the ledger knows.
 */
async function contradicted(submission: Submission, status: number): Promise<PlaceRefusal> {
  const shown = await compareShown(submission);
  if (shown.kind === 'fork' || shown.kind === 'ahead') return { ...shown, kind: 'fork' };
  return refused(
    `it refuses this checkpoint, as if it had another log of this name (${status}), and shows no checkpoint that proves it. Ask its operator for the newest checkpoint that it cosigned, and compare it: curfew audit verify <export> --key <key> --kept <file>`,
  );
}

async function ahead(submission: Submission, size: number): Promise<PlaceRefusal> {
  const shown = await compareShown(submission);
  if (shown.kind === 'fork') return shown;
  return { kind: 'ahead', size, ...(shown.kind === 'ahead' && { note: shown.note }) };
}

/** A witness need not show its checkpoint, and one that does not answer shows none. */
async function compareShown({ place, update, signal }: Submission): Promise<Comparison> {
  const note = await shownCheckpoint(place, signal).catch((error: unknown) => {
    if (error instanceof PlaceUnavailable) return undefined;
    throw error;
  });
  return compare(update, note);
}

function cosigned(place: WitnessPlace, update: Update, lines: string): PublishResult {
  const note = parseNote(update.note);
  const opened = note.ok ? openCosignatures(note.value.text, lines, [place.key]) : note;
  if (!opened.ok) throw unavailable(place, `answers without its cosignature: ${opened.error}`);
  const other = opened.value.find(({ at }) => Math.abs(at * 1000 - Date.now()) > MOST_APART_MS);
  if (other)
    throw unavailable(
      place,
      `answers with a cosignature of ${new Date(other.at * 1000).toISOString()}, which is more than a day from now. Compare its clock with the one of this machine`,
    );
  return { kind: 'published', cosignatures: opened.value.map(({ line }) => line).join('') };
}

/** The newest checkpoint that a witness cosigned, which it should show but need not. Undefined when it answers that it shows none. Throws when it is away. */
async function shownCheckpoint(place: WitnessPlace, signal: AbortSignal): Promise<string | undefined> {
  const origin = createHash('sha256').update(place.origin).digest('hex');
  const { status, text } = await callWitness(place, { path: `${origin}/checkpoint`, signal });
  if (status === 200) return text;
  const isAway = status === 408 || status === 429 || (status >= 500 && status !== 501);
  if (isAway) throw unavailable(place, `answers with the status ${status}`);
  return undefined;
}
