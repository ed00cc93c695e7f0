import { setTimeout as wait } from 'node:timers/promises';
import { Fault } from '../core/faults.ts';
import type { RequestId } from '../core/ids.ts';
import type { Event, EventKind } from '../core/request/events.ts';
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
import { inclusionPath } from './tree/proofs.ts';

/** How often a process looks whether the checkpoint that it waits for is published. */
const LOOK_MS = 100;

/**
 * Whether approvals are in a published checkpoint. It believes neither the rows of the log nor the ledger: it verifies the signature of
 * the newest note with the keys of this process, and that each event is in the tree that was signed. It reads the events once, so what
 * it returns is what it verified.
 */
export const logAccess = (trusted: readonly VerifierKey[]): LogAccess => ({
  async assertPublished(ledger, { request, until }, { waitMs, signal }) {
    const end = performance.now() + waitMs;
    for (;;) {
      const published = await publishedEvents(ledger, { request, until }, trusted);
      if (published.ok) return published.value;
      if (performance.now() >= end) throw new Fault('log-behind', published.error);
      await wait(LOOK_MS, undefined, { signal });
    }
  },
});

/** The events, or why they are not all in a published checkpoint yet. Throws when one of them is not what was published. */
async function publishedEvents(
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
