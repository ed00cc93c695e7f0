import { massEndingIdOf, type PersonId } from '../../core/ids.ts';
import { LIMITS } from '../../core/limits.ts';
import { type EndScope, isOwn } from '../../core/mass-ending.ts';
import type { Refusal } from '../../core/request/refusals.ts';
import { no, ok, type Result } from '../../core/result.ts';
import { isBlank } from '../../core/text.ts';
import type { Click } from '../../ledger/index.ts';
import type { Policy } from '../../policy/index.ts';
import { checkedActorOf } from '../actor.ts';
import type { Deps } from '../deps.ts';
import { type LostAccessDeps, readLostAccess } from '../lost-access.ts';
import { type Decision, refuseClick } from '../refuse-click.ts';
import { endLost } from './end-lost.ts';
import { endRequests } from './end-requests.ts';
import { whyNoBulkRemoval } from './bulk-removal.ts';

type EndAllDeps = Pick<Deps, 'ledger' | 'policy'>;

/** What somebody may end, with the reason as it is recorded. `needs`: how many people must lift the lock. */
type Permitted = Readonly<{ by: PersonId; scope: EndScope; reason: string; needs?: number }>;

/**
 * Ends everything of a scope, or records why this person may not. First it stores the mass ending, with its lock: from then on nothing
 * is activated or extended in the scope (I18), whatever stops this process. Then it ends each request. The leases are revoked as
 * always. It throws while the account is not checked (T45). It has its effect once, however often it runs.
 */
export async function recordEndAll(deps: EndAllDeps, click: Click<'end-all'>): Promise<Decision> {
  const { ledger } = deps;
  const { id, via } = click;
  const permitted = await judgeClick(deps, click);
  if (!permitted.ok) return refuseClick(ledger, click, permitted.error);
  const massEnding = massEndingIdOf(id);
  const shared = await ledger.shareMassEnding(massEnding, permitted.value);
  if (shared === undefined) await ledger.writeMassEnding({ id: massEnding, ...permitted.value });
  const stored = await ledger.readMassEnding(shared ?? massEnding);
  if (!stored) throw new Error(`the ledger has no mass ending ${massEnding}`);
  await endLost(ledger, await readLostAccess(deps), { massEnding: stored, via });
  await endRequests(ledger, stored, via);
  return { outcome: ok([]) };
}

async function judgeClick(deps: EndAllDeps, click: Click<'end-all'>): Promise<Result<Permitted, Refusal>> {
  const actor = await checkedActorOf(deps, click);
  if (!actor.ok) return actor;
  return judgeEndAll(deps, { by: actor.value, scope: click.body.scope, reason: click.body.reason ?? '' });
}

/** The reason that is recorded when a person ends their own access and gives none. */
const OWN_REASON = 'it is no longer needed';

/**
 * Whether this person may end everything of the scope now, for this reason. A form and the command line ask before they show what would
 * end. The worker asks again.
 */
export async function judgeEndAll(
  {
    ledger,
    policy,
  }: Readonly<{
    ledger: EndAllDeps['ledger'];
    policy: Pick<Policy, 'mayEndAll' | 'mayAct'> & LostAccessDeps['policy'];
  }>,
  { by, scope: wanted, reason: written }: Readonly<{ by: PersonId; scope: EndScope; reason: string }>,
): Promise<Result<Permitted, Refusal>> {
  const may = await policy.mayEndAll(by, wanted);
  if (!may.ok) return no({ code: 'may-not-end-all', why: may.error });
  const scope = await withoutActivePeople({ ledger, policy }, wanted);
  if (!scope) return no({ code: 'may-not-end-all', why: 'nobody who has or waits for access has left' });
  const own = isOwn(scope, by);
  const whyNot = await whyNoBulkRemoval(ledger, scope);
  if (whyNot !== undefined) return no({ code: 'may-not-end-all', why: whyNot });
  const reason = own && isBlank(written) ? OWN_REASON : written.trim();
  if (isBlank(reason)) return no({ code: 'reason-missing' });
  if ([...reason].length > LIMITS.reasonLength)
    return no({ code: 'reason-too-long', most: LIMITS.reasonLength });
  return ok({ by, scope, reason, ...may.value });
}

/** Leaves out those who are active again. Undefined when all of them are, and no account that nobody has keeps lost access. */
async function withoutActivePeople(
  deps: LostAccessDeps & Readonly<{ policy: Pick<Policy, 'mayAct'> }>,
  scope: EndScope,
): Promise<EndScope | undefined> {
  if (scope.kind !== 'leavers') return scope;
  const left: PersonId[] = [];
  for (const person of scope.people)
    if ((await deps.policy.mayAct(person)).kind === 'not-eligible') left.push(person);
  const isAny = left.length > 0 || (await readLostAccess(deps)).some(({ isOfNobody }) => isOfNobody);
  return isAny ? { kind: 'leavers', people: left } : undefined;
}
