export type { Purge, PurgeEntry } from './purge.ts';
export { purge } from './purge.ts';
export type { PurgeRefusal } from './refusals.ts';
