import { LIMITS } from '../core/limits.ts';

/** Cuts a text to its limit and removes what Postgres would refuse, because the event must be recorded. */
export const storableText = (why: string): string =>
  [...why.replaceAll('\0', '').toWellFormed()].slice(0, LIMITS.endingReasonLength).join('');
