import type { EndScope } from '../../core/mass-ending.ts';
import { readLeavers } from '../../requests/leavers.ts';
import { throwUnreadable } from '../terminal/caller.ts';
import type { Context } from '../terminal/context.ts';
import { CommandError } from '../terminal/exit.ts';
import { entitlementNamed, noProvider } from '../terminal/known-names.ts';
import { personNamed } from '../terminal/person-argument.ts';

/** The options of `curfew end` that name what is ended at once. */
export type ScopeOptions = Readonly<{
  person?: string;
  entitlement?: string;
  provider?: string;
  everything?: true;
  leavers?: true;
}>;

/** What the options name. Throws for a name that nobody knows, and when they name nothing. */
export async function scopeOf(
  { deps, connections, problems }: Context,
  options: ScopeOptions,
): Promise<EndScope> {
  const { person, entitlement, provider } = options;
  if (person !== undefined) {
    // Somebody who is no longer in people.yaml may still have access.
    const [known] = (await deps.ledger.openRequestsByRequester()).filter((each) => each.requester === person);
    if (known) return { kind: 'person', person: known.requester };
    const policy = await deps.policy.current();
    if (!policy.ok) throwUnreadable(policy.error, problems);
    return { kind: 'person', person: personNamed(policy.value, person).id };
  }
  if (entitlement !== undefined) {
    const named = await entitlementNamed(connections.config, entitlement);
    return { kind: 'entitlement', entitlement: named?.id ?? entitlement };
  }
  if (provider !== undefined) {
    const names = [...deps.describers.keys()];
    if (names.includes(provider)) return { kind: 'provider', provider };
    throw new CommandError('notFound', noProvider(provider, names));
  }
  if (options.everything) return { kind: 'everything' };
  if (options.leavers) {
    const { people, accounts } = await readLeavers(deps);
    if (people.length + accounts.length > 0)
      return { kind: 'leavers', people: people.map(({ requester }) => requester) };
    throw new CommandError('notFound', 'Nobody who has or waits for access has left.');
  }
  throw new CommandError(
    'usage',
    'Name a request, or what to end at once: --person, --entitlement, --provider, --everything or --leavers.',
  );
}
