import type { Context } from 'hono';
import { createContext, useContext } from 'hono/jsx';
import type { Instant, PersonId } from '../core/ids.ts';
import type { PolicySet } from '../policy/index.ts';
import type { ConsoleDeps } from './deps.ts';
import type { Reader } from './reader.ts';

/** What Hono keeps of a request of somebody who is signed in. */
export type SignedInEnv = { Variables: { reader: Reader; page?: PageContext } };

/** How people and entitlements are called, by their ids. */
export type Names = Readonly<{
  person: (id: PersonId) => string;
  entitlement: (id: string) => string;
}>;

/** What a page is made from: who reads it, when, what the address asks, and the names of people and entitlements. */
export type PageContext = Readonly<{
  reader: Reader;
  /** By the clock of the ledger. */
  now: Instant;
  /** The path with its question. */
  address: string;
  names: Names;
}>;

/** The context of the page of a request. It is read once. */
export async function pageContext(
  c: Context<SignedInEnv>,
  { ledger, policy }: Pick<ConsoleDeps, 'ledger' | 'policy'>,
): Promise<PageContext> {
  const known = c.get('page');
  if (known) return known;
  const { pathname, search } = new URL(c.req.url);
  const [now, set] = await Promise.all([ledger.now(), policy.lastKnown()]);
  const page = { reader: c.get('reader'), now, address: `${pathname}${search}`, names: namesOf(set) };
  c.set('page', page);
  return page;
}

/** Names by the policy as it was last read. Who or what left the files is called by their id. */
const namesOf = (policy: PolicySet | undefined): Names => ({
  person: (id) => policy?.directory.people.get(id)?.name ?? id,
  entitlement: (id) => policy?.entitlements.get(id)?.title ?? id,
});

const Current = createContext<PageContext | undefined>(undefined);

/** Gives its value to `usePage` in every component inside. */
export const PageProvider = Current.Provider;

/** The context of the page that is being made. Throws when a component is used outside of a page. */
export function usePage(): PageContext {
  const page = useContext(Current);
  if (!page) throw new Error('this component stands outside of a page');
  return page;
}
