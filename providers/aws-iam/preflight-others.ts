import type { Permission } from '../provider.ts';
import type { AccountRole } from './account.ts';
import { excess, namesOf, SAMPLE, unknown, type PreflightReads } from './findings.ts';
import { TOO_MUCH_ON_ROLES } from './rights.ts';
import { riskActions } from './risks.ts';
import { SESSION_ACTIONS } from './sessions.ts';

/** How many actions one simulation is asked about. */
const BATCH = 100;

/** Roles, and everything that outlives or widens access in other services. */
export async function checkOthers({ account, ask }: PreflightReads): Promise<readonly Permission[]> {
  const roles = account.roles.slice(0, SAMPLE);
  const boundaries = [...new Set(roles.map(({ boundary }) => boundary))];
  const anywhere = [...riskActions(), ...SESSION_ACTIONS];
  const batches = Array.from({ length: Math.ceil(anywhere.length / BATCH) }, (_, index) =>
    anywhere.slice(index * BATCH, (index + 1) * BATCH),
  );
  const [ofRoles, answers] = await Promise.all([
    Promise.all(boundaries.map((boundary) => ask(TOO_MUCH_ON_ROLES, arnsOf(roles, boundary), boundary))),
    Promise.all(batches.map((batch) => ask(batch, ['*']))),
  ]);
  const onRole = (action: string, { arn, boundary }: AccountRole) =>
    ofRoles[boundaries.indexOf(boundary)]?.(action, arn);
  const decisions = batches.flatMap((batch, index) =>
    batch.map((action) => ({ action, isAllowed: answers[index]?.(action, '*') })),
  );
  const found = decisions.flatMap(({ action, isAllowed }) => (isAllowed ? [action] : []));
  const unanswered =
    decisions.filter(({ isAllowed }) => isAllowed === undefined).length +
    TOO_MUCH_ON_ROLES.filter((action) => roles.some((role) => onRole(action, role) === undefined)).length;
  const needed = ['iam:PutUserPolicy', 'iam:DeleteUserPolicy', 'iam:AddUserToGroup'];
  const tooMuch = found.filter((action) => !needed.includes(action));
  return [
    ...(unanswered > 0
      ? [
          unknown(
            `what it may do too much: IAM did not answer for ${unanswered} ${unanswered === 1 ? 'action' : 'actions'}`,
          ),
        ]
      : []),
    ...TOO_MUCH_ON_ROLES.flatMap((action) => {
      const on = roles.filter((role) => onRole(action, role) === true);
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

const arnsOf = (roles: readonly AccountRole[], boundary: string | undefined): readonly string[] =>
  roles.filter((role) => role.boundary === boundary).map(({ arn }) => arn);
