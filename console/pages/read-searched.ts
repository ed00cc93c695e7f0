import type { Search } from '../../audit/search/index.ts';
import type { PersonId } from '../../core/ids.ts';
import { maySeeAccessOf } from '../../requests/who-may-see.ts';
import type { ConsoleDeps } from '../deps.ts';
import type { Reader } from '../reader.ts';

/** What a search names and has a page of its own. */
export type SearchedSubjects = Readonly<{
  /** With what the reader may do: look at the person, and end everything of them. */
  people: readonly Readonly<{ id: PersonId; maySee: boolean; mayEndAll: boolean }>[];
  entitlements: readonly string[];
}>;

/** More names than this are a list, and no question about somebody. */
const MOST = 5;

/** The people and entitlements of a search that the reader may open. */
export async function readSearched(
  { policy }: Pick<ConsoleDeps, 'policy'>,
  { sight, person: reader }: Pick<Reader, 'sight' | 'person'>,
  { is }: Search,
): Promise<SearchedSubjects> {
  const ids = (is.person ?? []).slice(0, MOST).map((each) => each as PersonId);
  const people = await Promise.all(
    ids.map(async (id) => ({
      id,
      maySee: maySeeAccessOf(sight, id),
      mayEndAll: (await policy.mayEndAll(reader, { kind: 'person', person: id })).ok,
    })),
  );
  return {
    people: people.filter(({ maySee, mayEndAll }) => maySee || mayEndAll),
    entitlements: (is.entitlement ?? []).slice(0, MOST),
  };
}
