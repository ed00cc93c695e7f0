import type { Permission } from '../provider.ts';
import { excess, namesOf, SAMPLE, unknown, type Seen } from './findings.ts';
import { TOO_MUCH_ON_ROLES } from './rights.ts';
import { riskActions } from './risks.ts';
import { SESSION_ACTIONS } from './sessions.ts';

/** How many actions one simulation is asked about. */
const BATCH = 100;

/** Roles, and everything that outlives or widens access in other services. */
export async function judgeOthers({ account, ask }: Seen): Promise<readonly Permission[]> {
  const roles = account.roles.slice(0, SAMPLE);
  const arns = roles.map(({ arn }) => arn);
  const anywhere = [...riskActions(), ...SESSION_ACTIONS];
  const batches = Array.from({ length: Math.ceil(anywhere.length / BATCH) }, (_, index) =>
    anywhere.slice(index * BATCH, (index + 1) * BATCH),
  );
  const [onRoles, ...answers] = await Promise.all([
    arns.length > 0 ? ask(TOO_MUCH_ON_ROLES, arns) : () => false,
    ...batches.map((batch) => ask(batch, ['*'])),
  ]);
  const decisions = batches.flatMap((batch, index) =>
    batch.map((action) => ({ action, isAllowed: answers[index]?.(action, '*') })),
  );
  const found = decisions.flatMap(({ action, isAllowed }) => (isAllowed ? [action] : []));
  const open =
    decisions.filter(({ isAllowed }) => isAllowed === undefined).length +
    TOO_MUCH_ON_ROLES.filter((action) => arns.some((arn) => onRoles(action, arn) === undefined)).length;
  const needed = ['iam:PutUserPolicy', 'iam:DeleteUserPolicy', 'iam:AddUserToGroup'];
  const tooMuch = found.filter((action) => !needed.includes(action));
  return [
    ...(open > 0 ? [unknown(`what it may do too much: IAM did not answer for ${open} actions`)] : []),
    ...TOO_MUCH_ON_ROLES.flatMap((action) => {
      const on = roles.filter(({ arn }) => onRoles(action, arn) === true);
      return on.length > 0 && !tooMuch.includes(action)
        ? [excess(`${action} on the roles ${namesOf(on)}`)]
        : [];
    }),
    ...(tooMuch.length > 0
      ? [
          excess(
            `${tooMuch.slice(0, 5).join(', ')}${tooMuch.length > 5 ? ` and ${tooMuch.length - 5} more` : ''} on everything`,
          ),
        ]
      : []),
  ];
}
