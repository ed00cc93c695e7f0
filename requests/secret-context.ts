import type { Lease } from '../ledger/index.ts';

/** What a sealed password is bound to: its purpose, its lease and its person (T46). */
export const secretContext = ({ id, requester }: Pick<Lease, 'id' | 'requester'>): string =>
  `password ${id} ${requester}`;
