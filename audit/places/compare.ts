import { CHECKPOINT } from './paths.ts';
import type { PlaceRefusal, Update } from './place.ts';

/** How the newest note of a place stands to an update: it is of an earlier state of this log, it has the same root, or it speaks against publishing. */
export type Comparison =
  | Exclude<PlaceRefusal, { kind: 'ahead' }>
  | Readonly<
      { kind: 'ahead'; size: number; note: string } | { kind: 'behind'; size: number } | { kind: 'same' }
    >;

/** Compares the newest note in a place with an update. `note` is not trusted. It is undefined when the place has none. */
export async function compare(update: Update, note: string | undefined): Promise<Comparison> {
  if (note === undefined) return { kind: 'behind', size: 0 };
  const opened = update.open(note);
  if (!opened.ok) return { kind: 'altered', path: CHECKPOINT, why: opened.error };
  const { size, root } = opened.value;
  if (size > update.checkpoint.size) return { kind: 'ahead', size, note };
  if (size === 0) return { kind: size === update.checkpoint.size ? 'same' : 'behind', size };
  const ours = size === update.checkpoint.size ? update.checkpoint.root : await update.rootAt(size);
  if (!ours.equals(root)) return { kind: 'fork', size, note };
  return size === update.checkpoint.size ? { kind: 'same' } : { kind: 'behind', size };
}
