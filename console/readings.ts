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
  if (isOwn) return;
  const reading = { person, kind, address: withoutRowIds(address) };
  if (isRefresh && kind === 'page' && (await ledger.wasJustRead(reading))) return;
  await ledger.recordReading(reading);
}

/**
 * The address with only the time of the row after which its page begins, because the rest of that place may be any words that somebody
 * typed.
 */
function withoutRowIds(address: string): string {
  const [path = '', query] = address.split('?');
  const asked = new URLSearchParams(query);
  const [time, ...ids] = (asked.get('after') ?? '').split('/');
  if (ids.length === 0 || path === '/requests') return address;
  asked.set('after', time ?? '');
  return `${path}?${asked.toString()}`;
}
