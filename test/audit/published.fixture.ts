import { logAccess } from '../../audit/published-approval.ts';
import { type LogKeys, signedUpdate } from '../../audit/update.ts';
import type { Event } from '../../core/request/events.ts';
import type { Ledger } from '../../ledger/index.ts';
import type { LogAccess } from '../../requests/log-access.ts';
import { sequenceAll } from '../ledger/log/log.fixture.ts';
import { LOG_NAME, logKey, trusted } from './log.fixture.ts';

export const LOG_KEYS = { name: LOG_NAME, signers: [{ name: LOG_NAME, privateKey: logKey }], trusted };

/** Does once what a sequencer does: adds what is committed to the log, and stores a signed checkpoint of it. */
export async function publishAll(ledger: Ledger, keys: LogKeys = LOG_KEYS): Promise<void> {
  await sequenceAll(ledger, keys.name);
  const { size, published } = await ledger.logProgress();
  if (size > published)
    await ledger.storeCheckpoint({ size, note: (await signedUpdate(ledger, keys, size)).note });
}

/** Publishes like a sequencer, until what it returns is called. */
export function keepPublished(publish: () => Promise<void>): () => Promise<void> {
  let isOver = false;
  const publishing = (async () => {
    while (!isOver) {
      await publish();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  return () => {
    isOver = true;
    return publishing;
  };
}

/** Publishes like a sequencer, until some work is done. */
export async function whilePublished<T>(publish: () => Promise<void>, work: Promise<T>): Promise<T> {
  const stop = keepPublished(publish);
  try {
    return await work;
  } finally {
    await stop();
  }
}

/** A log that is published whenever a process asks for it. `owner` may do what the sequencer may. */
export const publishedWhenAsked = (owner: Ledger): LogAccess => ({
  ...logAccess(trusted),
  async publishedEvents(ledger, events, { signal }) {
    await publishAll(owner);
    return logAccess(trusted).publishedEvents(ledger, events, { waitMs: 0, signal });
  },
});

/** A log in which everything counts as published. */
export const publishedAtOnce: LogAccess = {
  ...logAccess(trusted),
  publishedEvents: async (ledger, { request }) =>
    (await ledger.entriesOfRequest(request)).map(({ body }) => body as Event),
};
