export type { Purge, PurgeEntry as Purged } from './purge.ts';
export { purge } from './purge.ts';
export type { PurgeRefusal } from './refusals.ts';
