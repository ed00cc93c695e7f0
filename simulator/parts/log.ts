import type { Event } from '../../core/request/events.ts';
import type { LogAccess } from '../../requests/log-access.ts';

/** The simulator runs no sequencer. Every approval counts as published at once. The tests of the log have a real one. */
export const simulatedLog: LogAccess = {
  publishedEvents: async (ledger, { request }) =>
    (await ledger.entriesOfRequest(request)).map(({ body }) => body as Event),
  rootAt: () => Promise.reject(new Error('the simulator has no log')),
};
