import type { Ending } from './events.ts';

/** The ways in which a request ends. */
export const ENDINGS = Object.keys({
  denied: true,
  withdrawn: true,
  lapsed: true,
  voided: true,
  'grant-failed': true,
  ended: true,
  'mass-ended': true,
  objected: true,
  expired: true,
} satisfies Record<Ending['kind'], true>) as readonly Ending['kind'][];
