import type { PersonId, RequestId } from '../core/ids.ts';
import { LIMITS } from '../core/limits.ts';
import type { EndScope } from '../core/mass-ending.ts';
import type { Ledger } from '../ledger/index.ts';
import type { Policy } from '../policy/index.ts';
import { isLostInScope, type LostAccessDeps, readLostAccess } from './lost-access.ts';

export type LeaversDeps = LostAccessDeps &
  Readonly<{
    ledger: Pick<Ledger, 'openRequestsByRequester'>;
    policy: Pick<Policy, 'mayAct'>;
    /** The setting CURFEW_MOST_LEAVERS. Left out: its default. */
    mostLeavers?: number;
  }>;

/**
 * The people with an open request or lost access who are no longer active in people.yaml, and the accounts with lost access that nobody has. `of`: how
 * many people and such accounts have access or wait for it. `lost`: the requests of the lost access. `areHeld`: so many at once are more likely a
 * broken file than people who left, so nothing is ended until somebody confirms it (F29).
 */
export type Leavers = Readonly<{
  people: readonly Readonly<{ requester: PersonId; requests: readonly RequestId[] }>[];
  accounts: readonly string[];
  lost: readonly RequestId[];
  of: number;
  areHeld: boolean;
}>;

/** Who left. While the policy cannot be read, nobody counts as gone. */
export async function readLeavers(deps: LeaversDeps): Promise<Leavers> {
  const { ledger, policy, mostLeavers } = deps;
  const lost = await readLostAccess(deps);
  const everybody = new Map<PersonId, readonly RequestId[]>();
  for (const { requester } of lost) if (requester !== undefined) everybody.set(requester, []);
  for (const { requester, requests } of await ledger.openRequestsByRequester())
    everybody.set(requester, requests);
  const people: Leavers['people'][number][] = [];
  for (const [requester, requests] of everybody)
    if ((await policy.mayAct(requester)).kind === 'not-eligible') people.push({ requester, requests });
  const scope: EndScope = { kind: 'leavers', people: people.map(({ requester }) => requester) };
  const ofNobody = lost.filter(({ isOfNobody }) => isOfNobody);
  const accounts = [...new Set(ofNobody.flatMap((each) => each.accounts))].sort();
  const [left, of] = [people.length + accounts.length, everybody.size + accounts.length];
  return {
    people,
    accounts,
    lost: lost.filter((each) => isLostInScope(scope, each)).map(({ request }) => request),
    of,
    areHeld: areTooMany(left, of, mostLeavers ?? LIMITS.leaversAtOnce),
  };
}

/** True for more people than `most` who are also more than a tenth of all who have access or wait for it. */
export const areTooMany = (left: number, of: number, most: number): boolean =>
  left > most && left > of * LIMITS.leaversShare;
