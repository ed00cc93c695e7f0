import type { Description } from '../provider.ts';
import { planOf, unseenSentence } from './leftover-plan.ts';
import { allowsOf, type Statement } from './policy.ts';
import { describeRisk, risksOf } from './risks.ts';
import { lifetimeMs, sessionRisks } from './sessions.ts';
import type { AwsIamTarget } from './target.ts';

/** No service of AWS has this name, so only a pattern that allows every action allows it. */
const ANY_ACTION = 'any-service:AnyAction';

/** One line instead of one for each kind: a person who may do everything can also keep it in every way. */
const EVERYTHING =
  'caution: everything is allowed: the person can also keep access after the end, with new keys, passwords and users, ' +
  'with new roles and permissions, with code that runs as a role, with shared data, and with open sessions of roles, shells and databases';

/**
 * AWS checks a user's own keys at each call. A session that the user opened may continue after the end. Curfew does
 * not read what a group allows, so there it may be any session.
 */
export const residualSessionMs = (target: AwsIamTarget): number =>
  target.kind === 'policy' ? lifetimeMs(allowsOf(target.statements)) : Number.POSITIVE_INFINITY;

/**
 * Each kind of risk gives the person or others more access: a policy of a resource too. Curfew does not read what a group allows
 * before an approval, so a group may allow everything.
 */
export const widens = (target: AwsIamTarget): boolean =>
  target.kind === 'group' || risksOf(allowsOf(target.statements)).length > 0;

export function describe(target: AwsIamTarget): Description {
  const unseen = [unseenSentence(planOf(target))].filter(Boolean);
  const where = target.account === undefined ? 'AWS' : `AWS account ${target.account}`;
  if (target.kind === 'group')
    return {
      plain: `membership in the IAM group ${target.group} in ${where}`,
      permissions: [
        `everything that the policies of the group ${target.group} allow, including sessions of roles, shells and databases`,
        ...unseen,
      ],
    };
  const services = new Set(
    target.statements.flatMap(({ Action }) => Action.map((one) => one.split(':')[0] ?? '')),
  );
  const names = services.has('*') ? 'everything' : [...services].sort().join(', ');
  const allows = allowsOf(target.statements);
  const cautions = allows(ANY_ACTION)
    ? [EVERYTHING]
    : [...risksOf(allows).map(describeRisk), ...sessionRisks(allows)];
  return {
    plain: `access to ${names} in ${where}, by a policy that AWS itself stops applying at the end`,
    permissions: [...cautions, ...unseen, ...target.statements.map(describeStatement)],
  };
}

function describeStatement({ Action, Resource, Condition }: Statement): string {
  const conditions = Object.entries(Condition ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => `${key} ${operator} ${values.join(' or ')}`),
  );
  const only = conditions.length === 0 ? '' : `, only when ${conditions.join(' and ')}`;
  return `${Action.join(', ')} on ${Resource.join(', ')}${only}`;
}
