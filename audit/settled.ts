import { compareWithLog, type LogDeps } from './compare-with-log.ts';
import type { Note } from './newest-checkpoint.ts';
import type { Place, PublishResult, Update } from './places/place.ts';

/**
 * `taken`: the place has this checkpoint of the log. `superseded`: a witness cosigned a later one of another process, and so cosigns this one no
 * more.
 */
export type Taking = Readonly<{ taken: (note: Note) => Promise<void>; superseded?: (note: Note) => void }>;

type Settled = Exclude<PublishResult, { kind: 'later' | 'lost' }>;
type Attempt = LogDeps & Taking & Readonly<{ update: Update; failed: (problem: string) => Promise<unknown> }>;

/**
 * Records how an attempt to publish ended. Returns how many entries the place has for sure. Undefined when this checkpoint has to be published
 * again.
 */
export async function settled(
  place: Place,
  published: Settled,
  attempt: Attempt,
): Promise<number | undefined> {
  const { ledger, update, failed, taken } = attempt;
  const { size } = update.checkpoint;
  switch (published.kind) {
    case 'published': {
      const cosignatures = published.cosignatures.split('\n').filter((line) => line !== '');
      await ledger.recordPublished({ place: place.name, kind: place.kind, size, cosignatures });
      await taken({ size, note: update.note });
      return size;
    }
    case 'ahead':
      return settledAhead(place, published, attempt);
    case 'fork':
      await failed(
        (await compareWithLog(place.name, published.note, attempt))
          ? 'it refuses this checkpoint, and what it shows is a state of this log. Ask its operator'
          : NOT_OF_THIS_LOG,
      );
      return undefined;
    case 'altered':
      await failed(`${published.path} is not what the log wrote there: ${published.why}`);
      return undefined;
    case 'refused':
      await failed(published.why);
      return undefined;
  }
}

const NOT_OF_THIS_LOG = 'what it has is not a state of this log';

/**
 * Another process may have published a later checkpoint there. A witness need not show it, and it can show one that it did not cosign. So its word
 * counts only when it gave this ledger a cosignature of that size. Otherwise people are told. Either way the next checkpoint is tried: the process
 * that got the cosignature may have been killed before it stored it.
 */
async function settledAhead(
  place: Place,
  { size, note }: Extract<Settled, { kind: 'ahead' }>,
  attempt: Attempt,
): Promise<number | undefined> {
  const { ledger, update, failed, taken, superseded } = attempt;
  const { size: asked } = update.checkpoint;
  if (note !== undefined && !(await compareWithLog(place.name, note, attempt)))
    return (await failed(NOT_OF_THIS_LOG), undefined);
  if (place.kind !== 'witness' && note !== undefined) return (await taken({ size, note }), asked);
  const { size: ours } = await ledger.logProgress();
  const says = `it says that it has ${size} entries of this log, and`;
  if (size > ours) return (await failed(`${says} the ledger has ${ours}`), undefined);
  const known = (await ledger.logPlaces()).find(({ name }) => name === place.name)?.size ?? 0;
  if (size > known) await failed(`${says} ${NO_COSIGNATURE}`);
  superseded?.({ size: asked, note: update.note });
  return Math.min(asked, known);
}

const NO_COSIGNATURE =
  'it gave this ledger no cosignature of so many. Ask its operator for the newest checkpoint that it cosigned';
