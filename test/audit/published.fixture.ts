import { logAccess } from '../../audit/published-approval.ts';
import { signedUpdate } from '../../audit/update.ts';
import type { Event } from '../../core/request/events.ts';
import type { Ledger } from '../../ledger/index.ts';
import type { LogAccess } from '../../requests/log-access.ts';
import { sequenceAll } from '../ledger/log/log.fixture.ts';
import { LOG_NAME, logKey, trusted } from './log.fixture.ts';

export const LOG_KEYS = { name: LOG_NAME, signers: [{ name: LOG_NAME, privateKey: logKey }], trusted };

/** Does once what a sequencer does: adds what is committed to the log, and stores a signed checkpoint of it. */
export async function publishAll(ledger: Ledger): Promise<void> {
  await sequenceAll(ledger, LOG_NAME);
  const { size, published } = await ledger.logProgress();
  if (size > published)
    await ledger.storeCheckpoint({ size, note: (await signedUpdate(ledger, LOG_KEYS, size)).note });
}

/** A log that is published whenever a process asks for it. `owner` may do what the sequencer may. */
export const publishedWhenAsked = (owner: Ledger): LogAccess => ({
  async publishedEvents(ledger, events, { signal }) {
    await publishAll(owner);
    return logAccess(trusted).publishedEvents(ledger, events, { waitMs: 0, signal });
  },
});

/** A log in which everything counts as published. */
export const publishedAtOnce: LogAccess = {
  publishedEvents: async (ledger, { request }) =>
    (await ledger.entriesOfRequest(request)).map(({ body }) => body as Event),
};
