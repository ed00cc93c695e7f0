/** A signal for a call that nobody cancels. */
export const neverAborts = new AbortController().signal;
