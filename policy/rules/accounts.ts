import type { RequestRefusal } from '../../core/request/refusals.ts';
import { no, ok, type Result } from '../../core/result.ts';
import type { RequestedTarget } from '../../core/target.ts';
import type { Entitlement } from '../files/catalogue.ts';
import type { Person } from '../files/people.ts';
import {
  type Facts,
  type Finding,
  NO_ENTITLEMENT,
  NO_PERSON,
  notReached,
  pass,
  refuse,
  type Rule,
} from './rule.ts';

/** The requester has an account at the provider of each target. */
export const knownAccounts: Rule = {
  id: 'accounts',
  wanted: 'The requester has an account at the provider of each target.',
  judge: judgeAccounts,
};

function judgeAccounts({ found: { person, entitlement } }: Facts): Finding {
  if (!person) return notReached(NO_PERSON);
  if (!entitlement) return notReached(NO_ENTITLEMENT);
  const saw = entitlement.targets.map((target) => {
    const { provider } = target;
    if (target.accountless) return `${provider} needs no account.`;
    const account = accountAt(person, target);
    return account === undefined ? `${provider} has no account.` : `${provider} has the account ${account}.`;
  });
  const sentences = [...new Set(saw)].join(' ');
  const targets = targetsFor(entitlement, person);
  return targets.ok ? pass(sentences, { targets: targets.value }) : refuse(targets.error, sentences);
}

/** The targets of a request, each with the account that receives the access. Of several accounts it is the first. */
export function targetsFor(
  entitlement: Entitlement,
  person: Person,
): Result<readonly RequestedTarget[], RequestRefusal> {
  const targets: RequestedTarget[] = [];
  for (const target of entitlement.targets) {
    const { provider, spec, lockKey, level, ownObject } = target;
    const account = accountAt(person, target);
    if (account === undefined) return no({ code: 'no-account', provider });
    targets.push({ provider, account, spec, lockKey, level, ownObject });
  }
  return ok(targets);
}

const accountAt = (
  { id, accounts }: Person,
  { provider, accountless }: Entitlement['targets'][number],
): string | undefined => (accountless ? id : accounts[provider]?.[0]);
