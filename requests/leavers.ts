import type { PersonId, RequestId } from '../core/ids.ts';
import { LIMITS } from '../core/limits.ts';
import type { Ledger } from '../ledger/index.ts';
import type { Policy } from '../policy/index.ts';

export type LeaversDeps = Readonly<{
  ledger: Pick<Ledger, 'openRequestsByRequester'>;
  policy: Pick<Policy, 'mayAct'>;
  /** The setting CURFEW_MOST_LEAVERS. Left out: its default. */
  mostLeavers?: number;
}>;

/**
 * The people with an open request who are no longer active in people.yaml, and `of` how many people have one. `areHeld`: so many at once
 * are more likely a broken file than people who left, so nothing is ended until somebody confirms it (F29).
 */
export type Leavers = Readonly<{
  people: readonly Readonly<{ requester: PersonId; requests: readonly RequestId[] }>[];
  of: number;
  areHeld: boolean;
}>;

/** Who left. While the policy cannot be read, nobody counts as gone. */
export async function readLeavers({ ledger, policy, mostLeavers }: LeaversDeps): Promise<Leavers> {
  const everybody = await ledger.openRequestsByRequester();
  const people: Leavers['people'][number][] = [];
  for (const each of everybody)
    if ((await policy.mayAct(each.requester)).kind === 'not-eligible') people.push(each);
  const most = mostLeavers ?? LIMITS.leaversAtOnce;
  return { people, of: everybody.length, areHeld: areTooMany(people.length, everybody.length, most) };
}

/** True for more people than `most` who are also more than a tenth of all who have access or wait for it. */
export const areTooMany = (left: number, of: number, most: number): boolean =>
  left > most && left > of * LIMITS.leaversShare;
