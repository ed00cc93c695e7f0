import { accountRefusal, isCheckNeeded } from '../core/account.ts';
import type { PersonId } from '../core/ids.ts';
import { isOwn } from '../core/mass-ending.ts';
import { endsAccess } from '../core/request/commands.ts';
import type { Refusal } from '../core/request/refusals.ts';
import { no, ok, type Result } from '../core/result.ts';
import type { Click, Ledger } from '../ledger/index.ts';
import type { Policy } from '../policy/index.ts';

export type ActorDeps = Readonly<{
  ledger: Pick<Ledger, 'readAccountCheck'>;
  policy: Pick<Policy, 'ownerOf'>;
}>;

/**
 * The person who acts with a click, or why they may not. It is judged when the click is decided: by the facts that are stored
 * with the click, and by people.yaml as it is now (T07, T45). Undefined while the account is not checked: then
 * nothing may be decided.
 */
export async function actorOf(
  { ledger, policy }: ActorDeps,
  click: Click,
): Promise<Result<PersonId, Refusal> | undefined> {
  if (isCheckNeeded(click)) {
    const facts = await ledger.readAccountCheck(click.id);
    if (!facts) return undefined;
    const why = accountRefusal(facts, click.account);
    if (why) return no({ code: 'not-a-member', why });
  }
  const { person } = click;
  if (!person) return no({ code: 'unknown-person' });
  // Ending access must not wait for people.yaml (I14). The ledger checks that the person may end it.
  if (endsAccess(click.kind) || endsOwn(click)) return ok(person);
  const owner = await policy.ownerOf(SYSTEMS[click.via], click.account);
  if (!owner.ok) return no({ code: 'not-allowed', why: owner.error });
  return owner.value === person ? ok(person) : no({ code: 'unknown-person' });
}

/** As `actorOf`. It throws while the account is not checked: then the click may neither count nor be refused. */
export async function checkedActorOf(deps: ActorDeps, click: Click): Promise<Result<PersonId, Refusal>> {
  const actor = await actorOf(deps, click);
  if (!actor) throw new Error('the account of this click is not checked yet');
  return actor;
}

/** What people.yaml calls the accounts of each channel. */
const SYSTEMS = { slack: 'slack', cli: 'unix', console: 'oidc' } as const;

const endsOwn = (click: Click): boolean => click.kind === 'end-all' && isOwn(click.body.scope, click.person);
