import { setTimeout as wait } from 'node:timers/promises';
import { Fault } from '../core/faults.ts';
import type { RequestId } from '../core/ids.ts';
import type { Event, EventKind } from '../core/request/events.ts';
import { stateAfter } from '../core/request/evolve.ts';
import { startedExtension } from '../core/request/extension.ts';
import type { RequestState } from '../core/request/state.ts';
import { no, ok, type Result } from '../core/result.ts';
import type { IndexedRow, LogLedger } from '../ledger/index.ts';
import type { LogAccess } from '../requests/log-access.ts';
import { entryOf } from './entry.ts';
import { tileReader } from './log-reader.ts';
import type { Checkpoint } from './note/checkpoint.ts';
import { openCheckpoint } from './note/open.ts';
import type { VerifierKey } from './note/vkey.ts';
import { rootFromPath } from './tree/check.ts';
import { leafHash } from './tree/hash.ts';
import { inclusionPath, rootAt } from './tree/proofs.ts';

/** How often a process looks whether a new checkpoint is published, for all attempts that wait together. */
const LOOK_MS = 250;
/** So many attempts wait in their process. More would keep ends from their turn, so each other one fails at once and is made again. */
const MOST_WAITING = 20;
const AGAIN_MS = 500;

/**
 * Whether approvals are in a published checkpoint. It believes neither the rows of the log nor the ledger: it verifies the signature of
 * the newest note with the keys of this process, and that each event is in the tree that was signed. The state that these events lead to must
 * have the approval that is acted on, because the ledger could have another answer for each question.
 */
export function logAccess(trusted: readonly VerifierKey[]): LogAccess {
  const newest = sharedLook();
  let waiting = 0;

  async function untilNewer(ledger: LogLedger, seen: string, end: number, signal: AbortSignal) {
    waiting += 1;
    try {
      while (performance.now() < end && seen === (await newest(ledger)))
        await wait(LOOK_MS, undefined, { signal });
    } finally {
      waiting -= 1;
    }
  }

  return {
    async publishedEvents(ledger, { request, until, state }, { waitMs, signal }) {
      const end = performance.now() + waitMs;
      for (;;) {
        const seen = await newest(ledger);
        const published = await eventsIn(ledger, { request, until }, trusted);
        if (published.ok) {
          assertSameApproval(stateAfter(published.value), state);
          return published.value;
        }
        if (performance.now() >= end || waiting >= MOST_WAITING)
          throw new Fault('log-behind', published.error, { retryAfterMs: AGAIN_MS });
        await untilNewer(ledger, seen, end, signal);
      }
    },
    rootAt: async (ledger, size) => (await rootAt(size, tileReader(ledger))).toString('base64'),
  };
}

/** The newest checkpoint, which one statement reads for all that ask within a quarter of a second. */
function sharedLook(): (ledger: LogLedger) => Promise<string> {
  let last: Readonly<{ at: number; note: Promise<string> }> | undefined;
  return (ledger) => {
    const at = performance.now();
    if (last && at - last.at < LOOK_MS) return last.note;
    const note = ledger.newestCheckpoint().then((checkpoint) => String(checkpoint?.note ?? ''));
    const look = { at, note };
    last = look;
    note.catch(() => last === look && (last = undefined));
    return note;
  };
}

/** Throws unless both states have the same approved access, until the same end, and the same later end where one is approved. */
function assertSameApproval(published: RequestState, acted: RequestState | undefined): void {
  if (!acted) return;
  const later = (state: RequestState) => startedExtension(state)?.details.digest;
  const isSame =
    'endsAt' in published &&
    'endsAt' in acted &&
    published.details.id === acted.details.id &&
    published.details.digest === acted.details.digest &&
    published.endsAt === acted.endsAt &&
    later(published) === later(acted);
  if (!isSame)
    throw new Fault('log-altered', 'what was published of the request is not what the ledger says');
}

/** The events, or why they are not all in a published checkpoint yet. Throws when one of them is not what was published. */
async function eventsIn(
  ledger: LogLedger,
  { request, until }: Readonly<{ request: RequestId; until: EventKind }>,
  trusted: readonly VerifierKey[],
): Promise<Result<readonly Event[], string>> {
  const all = await ledger.entriesOfRequest(request);
  const events = all.slice(0, all.findLastIndex(({ body }) => (body as Event).kind === until) + 1);
  if (events.length === 0) return no(`the request has no event "${until}"`);
  const newest = await ledger.newestCheckpoint();
  if (!newest) return no('no checkpoint of the log was published yet');
  const checkpoint = openCheckpoint(newest.note, trusted);
  if (!checkpoint.ok) throw new Fault('log-altered', `the newest checkpoint: ${checkpoint.error}`);
  const { size } = checkpoint.value;
  if (!events.every(({ index }) => index !== null && index < size))
    return no(`the newest published checkpoint has ${size} entries, and not this approval`);
  const read = tileReader(ledger);
  for (const [seq, event] of events.entries()) {
    if (event.id !== `${request}/${seq}`)
      throw new Fault('log-altered', `the event ${request}/${seq} is missing`);
    await assertIncluded(event, checkpoint.value, read);
  }
  return ok(events.map(({ body }) => body as Event));
}

async function assertIncluded(
  { index, ...row }: IndexedRow,
  { size, root }: Checkpoint,
  read: ReturnType<typeof tileReader>,
): Promise<void> {
  const place = { index: index ?? size, size };
  const path = await inclusionPath(place.index, size, read);
  if (!rootFromPath(leafHash(entryOf(row).bytes), place, path)?.equals(root))
    throw new Fault('log-altered', `the event ${row.id} is not the one that the published log has`);
}
