import type { PolicySet } from '../../policy/index.ts';
import { maySeeAccessOf, maySeeHolders } from '../../requests/who-may-see.ts';
import type { Reader } from '../reader.ts';

/** What a reader may ask about, to be suggested while they type. */
export type Choices = Readonly<{
  entitlements: readonly Readonly<{ id: string; title: string }>[];
  people: readonly Readonly<{ id: string; name: string }>[];
}>;

/** A page has no more suggestions of each kind. Whoever knows a name can type it. */
const MOST = 50;

export const choicesOf = (policy: PolicySet | undefined, { sight }: Pick<Reader, 'sight'>): Choices => ({
  entitlements: [...(policy?.entitlements.values() ?? [])]
    .filter(({ id }) => maySeeHolders(sight, id))
    .slice(0, MOST)
    .map(({ id, title }) => ({ id, title })),
  people: [...(policy?.directory.people.values() ?? [])]
    .filter(({ id }) => maySeeAccessOf(sight, id))
    .slice(0, MOST)
    .map(({ id, name }) => ({ id, name })),
});
