import type { Allows } from './policy.ts';
import { RISK_ACTIONS } from './risk-actions.ts';

export type RiskKind = keyof typeof RISK_ACTIONS;
/** The actions of one kind that some statements allow. */
export type Risk = Readonly<{ kind: RiskKind; actions: readonly string[] }>;

/** What a person can do with the actions of a kind. It completes "the person …". */
const CAN: Readonly<Record<RiskKind, string>> = {
  credentials: 'can make keys, passwords, users or certificates that work after the end',
  roles: 'can create roles, or change who may assume one, and so come in again after the end',
  permissions: 'can change permissions, also their own, so that they stay after the end',
  'pass-role': 'can pass a role to a service, which then acts with that role',
  code: 'can start or change code that runs after the end, with the permissions of a role',
  sharing: 'can share data and resources with others, by policies, grants and copies that stay after the end',
};

/** How many actions a line of the card names. */
const NAMED = 3;

const ALL = Object.entries(RISK_ACTIONS).map(([kind, services]) => ({
  kind: kind as RiskKind,
  actions: Object.entries<string>(services).flatMap(([service, names]) =>
    names.split(' ').map((name) => `${service}:${name}`),
  ),
}));

/** All actions of these kinds, or of every kind. */
export const riskActions = (...kinds: readonly RiskKind[]): readonly string[] =>
  ALL.filter(({ kind }) => kinds.length === 0 || kinds.includes(kind)).flatMap(({ actions }) => actions);

/** What outlives or widens the access that these statements give. Only kinds of which something is allowed. */
export const risksOf = (allows: Allows): readonly Risk[] =>
  ALL.map(({ kind, actions }) => ({ kind, actions: actions.filter(allows) })).filter(
    ({ actions }) => actions.length > 0,
  );

/** `iam:CreateUser, iam:CreateRole, iam:PassRole and 12 more are`. */
export function namesWithVerb(actions: readonly string[]): string {
  const rest = actions.length - NAMED;
  const named = actions.slice(0, NAMED).join(', ');
  if (rest > 0) return `${named} and ${rest} more are`;
  return `${named} ${actions.length === 1 ? 'is' : 'are'}`;
}

/** A sentence for approvers and for administrators. */
export const describeRisk = ({ kind, actions }: Risk): string =>
  `${namesWithVerb(actions)} allowed: the person ${CAN[kind]}`;
