import type { Ledger } from '../ledger/index.ts';
import type { Reader } from './reader.ts';

type Read = Readonly<{ address: string; isOwn: boolean; kind?: 'page' | 'export' }>;

/**
 * Records that a reader sees what is not their own, before they see it. Nobody sees it while it cannot be recorded. A page that stays
 * open and is refreshed is one reading every ten minutes.
 */
export async function recordReading(
  { ledger }: Readonly<{ ledger: Pick<Ledger, 'recordReading' | 'wasJustRead'> }>,
  { person, isRefresh }: Pick<Reader, 'person' | 'isRefresh'>,
  { address, isOwn, kind = 'page' }: Read,
): Promise<void> {
  if (isOwn || (isRefresh && (await ledger.wasJustRead({ person, kind, address })))) return;
  await ledger.recordReading({ person, kind, address });
}
