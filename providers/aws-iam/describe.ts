import type { Description } from '../../core/target.ts';
import { planOf, unseenCautions } from './leftover-plan.ts';
import { allowsOf, type Statement } from './policy.ts';
import { describeRisk, risksOf } from './risks.ts';
import { actsAsOther, lifetimeMs, sessionRisks } from './sessions.ts';
import type { AwsIamTarget, GroupTarget, PolicyTarget } from './target.ts';

/** No service of AWS has this name, so only a pattern that allows every action allows it. */
const ANY_ACTION = 'any-service:AnyAction';

/** One line instead of one for each kind: a person who may do everything can also keep it in every way. */
const EVERYTHING =
  'everything is allowed: the person can also keep access after the end, with new keys, passwords and users, ' +
  'with new roles and permissions, with code that runs as a role, with shared data, and with open sessions of roles, shells and databases';

/**
 * AWS checks a user's own keys at each call. A session that the user opened may continue after the end. Curfew does
 * not read what a group allows, so there it may be any session.
 */
export const residualSessionMs = (target: AwsIamTarget): number =>
  target.kind === 'policy' ? lifetimeMs(allowsOf(target.statements)) : Number.POSITIVE_INFINITY;

/** AWS does nothing more at the end than to stop allowing, so `atEnd` is empty. */
export function describe(target: AwsIamTarget): Description {
  return target.kind === 'group' ? describeGroup(target) : describePolicy(target);
}

/** A group always counts as access that widens itself, because nobody reads its policies before the grant. */
const describeGroup = (target: GroupTarget): Description => ({
  plain: `membership in the IAM group ${target.group} in ${placeOf(target)}`,
  permissions: [`group ${target.group}: member`],
  cautions: [
    `Curfew does not read what the policies of the group ${target.group} allow. It can be everything, also sessions of roles, shells and databases`,
    ...unseenCautions(planOf(target)),
  ],
  atEnd: [],
  widens: true,
});

/**
 * Every kind of risk widens the access. `credentials`, `roles` and `permissions` are new ways in, for the person or for others. With
 * `pass-role` and `code`, the person acts with the permissions of a role. `sharing` writes a permission into a resource, also for an
 * account of the person elsewhere. A session widens the access when it has permissions of another identity. Another session is the
 * access that was approved. How long it continues is in `residualSessionMs`.
 */
function describePolicy(target: PolicyTarget): Description {
  const services = new Set(
    target.statements.flatMap(({ Action }) => Action.map((one) => one.split(':')[0] ?? '')),
  );
  const names = services.has('*') ? 'everything' : [...services].sort().join(', ');
  const allows = allowsOf(target.statements);
  const risks = risksOf(allows);
  return {
    plain: `access to ${names} in ${placeOf(target)}`,
    permissions: target.statements.map(describeStatement),
    cautions: [
      ...(allows(ANY_ACTION) ? [EVERYTHING] : [...risks.map(describeRisk), ...sessionRisks(allows)]),
      ...unseenCautions(planOf(target)),
    ],
    atEnd: [],
    widens: risks.length > 0 || actsAsOther(allows),
  };
}

const placeOf = ({ account }: AwsIamTarget): string =>
  account === undefined ? 'AWS' : `AWS account ${account}`;

function describeStatement({ Action, Resource, Condition }: Statement): string {
  const conditions = Object.entries(Condition ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => `${key} ${operator} ${values.join(' or ')}`),
  );
  const only = conditions.length === 0 ? '' : `, only when ${conditions.join(' and ')}`;
  return `${Action.join(', ')} on ${Resource.join(', ')}${only}`;
}
