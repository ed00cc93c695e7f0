import type { Context } from 'hono';
import type { Instant } from '../core/ids.ts';
import type { ConsoleDeps } from './deps.ts';
import type { Reader } from './reader.ts';

/** What Hono keeps of a request of somebody who is signed in. */
export type SignedInEnv = { Variables: { reader: Reader } };

/** What a page is made from: who reads it, when, and what the address asks. */
export type PageContext = Readonly<{
  reader: Reader;
  /** By the clock of the ledger. */
  now: Instant;
  /** The path with its question. */
  address: string;
}>;

export async function pageContext(
  c: Context<SignedInEnv>,
  { ledger }: Pick<ConsoleDeps, 'ledger'>,
): Promise<PageContext> {
  const { pathname, search } = new URL(c.req.url);
  return { reader: c.get('reader'), now: await ledger.now(), address: `${pathname}${search}` };
}
