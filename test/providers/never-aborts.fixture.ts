import { setMaxListeners } from 'node:events';

/** A signal for a call that nobody cancels. Any number of calls at the same time may use it. */
export const neverAborts = new AbortController().signal;
setMaxListeners(0, neverAborts);
