import type { PersonId } from '../../core/ids.ts';
import type { EndScope } from '../../core/mass-ending.ts';
import type { Policy, PolicySet } from '../../policy/index.ts';
import { readLeavers, type LeaversDeps } from '../leavers.ts';
import { personTyped } from '../named-person.ts';

type ScopeDeps = Omit<LeaversDeps, 'policy'> &
  Readonly<{
    policy: LeaversDeps['policy'] & Pick<Policy, 'lastKnown' | 'entitlementNamed'>;
    /** The providers by name. */
    describers: ReadonlyMap<string, unknown>;
  }>;

/** Words before the name, which somebody may type or not. */
const FILLERS = /^(?:everything(?=\s+(?:of|at|in)\s)|of|at|in)\s+/i;

/** "at postgres" names the provider, also where an entitlement has that name too. */
const AT_PROVIDER = /^\s*(?:everything\s+)?at\s/i;

/**
 * What somebody typed: "everything of ana", "ana", "me", "orders-db", "everything at github", "leavers" or "everything". A person comes
 * before an entitlement, and an entitlement before a provider. After "at" only a provider is meant. Undefined when nothing is called so.
 */
export async function scopeTyped(
  deps: ScopeDeps,
  reader: PersonId,
  typed: string,
): Promise<EndScope | undefined> {
  const name = withoutFillers(typed.trim());
  if (/^everything$/i.test(name)) return { kind: 'everything' };
  if (/^(me|mine)$/i.test(name)) return { kind: 'person', person: reader };
  if (/^leavers$/i.test(name)) {
    const { people } = await readLeavers(deps);
    return { kind: 'leavers', people: people.map(({ requester }) => requester) };
  }
  const provider = [...deps.describers.keys()].find((each) => each === name.toLowerCase());
  const atProvider = provider === undefined ? undefined : ({ kind: 'provider', provider } as const);
  if (AT_PROVIDER.test(typed)) return atProvider;
  const set = await deps.policy.lastKnown();
  const person = (set && knownPerson(set, name)) ?? (await personWithAccess(deps, name));
  if (person !== undefined) return { kind: 'person', person };
  const entitlement = await deps.policy.entitlementNamed(name);
  return entitlement ? { kind: 'entitlement', entitlement: entitlement.id } : atProvider;
}

const withoutFillers = (typed: string): string => {
  const rest = typed.replace(FILLERS, '');
  return rest === typed ? typed : withoutFillers(rest.trim());
};

const knownPerson = (set: PolicySet, name: string): PersonId | undefined => personTyped(set, name)?.id;

/** Somebody who is no longer in people.yaml may still have access. */
const personWithAccess = async (
  { ledger }: Pick<ScopeDeps, 'ledger'>,
  name: string,
): Promise<PersonId | undefined> =>
  (await ledger.openRequestsByRequester()).find(({ requester }) => requester === name.toLowerCase())
    ?.requester;
