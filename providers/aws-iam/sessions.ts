import { formatDuration } from '../../core/duration.ts';
import type { Minutes } from '../../core/ids.ts';
import type { Allows } from './policy.ts';
import { namesWithVerb } from './risks.ts';
import { SESSION_ROWS, type Lifetime } from './session-actions.ts';

const MINUTE_MS = 60_000;

const ROWS = SESSION_ROWS.map(({ actions, ...row }) => ({ ...row, actions: actions.split(' ') }));

/** The actions that give something which works after the end of the policy. */
export const SESSION_ACTIONS: readonly string[] = ROWS.flatMap(({ actions }) => actions);

type Ends = Readonly<{ lifetime: Lifetime; actsAsRole: boolean }>;

/**
 * How long something works by itself, and how long with all that a person can get from it, in milliseconds. "Using the
 * credentials for one role to assume a different role is called role chaining" (IAM User Guide, "Methods to assume a role"). Two
 * roles that may assume each other make a chain without an end, and Curfew does not read what roles allow.
 */
const ownMsOf = ({ lifetime }: Ends): number =>
  typeof lifetime === 'number' ? lifetime * MINUTE_MS : Number.POSITIVE_INFINITY;
const msOf = (of: Ends): number => (of.actsAsRole ? Number.POSITIVE_INFINITY : ownMsOf(of));

/** How long what these statements give may work after their end, in milliseconds. Infinity without a limit. */
export const lifetimeMs = (allows: Allows): number =>
  Math.max(0, ...ROWS.flatMap((row) => (row.actions.some(allows) ? [msOf(row)] : [])));

/** Whether the person can get the permissions of a role. */
export const actsAsRole = (allows: Allows): boolean =>
  ROWS.some((row) => row.actsAsRole && row.actions.some(allows));

/** Whether the person can act with permissions that are not theirs: those of a role, of an application's user, or of a service. */
export const actsAsOther = (allows: Allows): boolean =>
  ROWS.some((row) => row.actsAsOther && row.actions.some(allows));

/** Above this number of kinds, the card has one sentence for all. */
const KINDS = 5;

/** Sentences for the card: one for each kind of session that the statements allow, or one for all of them. */
export function sessionRisks(allows: Allows): readonly string[] {
  const found = ROWS.flatMap((row) => {
    const allowed = row.actions.filter(allows);
    return allowed.length > 0 ? [{ ...row, allowed }] : [];
  });
  if (found.length <= KINDS)
    return found.map(
      (row) =>
        `${namesWithVerb(row.allowed)} allowed: the person can get ${row.gives}, which continues after the end ${lasts(row)}`,
    );
  const longest = found.reduce((a, b) => (isLonger(b, a) ? b : a));
  return [
    `${namesWithVerb(found.flatMap(({ allowed }) => allowed))} allowed: the person can get sessions, tokens and credentials ` +
      `of ${found.length} kinds, which continue after the end, ${longest.gives} ${lasts(longest)}`,
  ];
}

const isLonger = (one: Ends, other: Ends): boolean =>
  msOf(one) === msOf(other) ? ownMsOf(one) > ownMsOf(other) : msOf(one) > msOf(other);

const lasts = ({ lifetime, actsAsRole }: Ends): string =>
  `${lastsItself(lifetime)}${actsAsRole ? ', and longer if the role may assume a role again' : ''}`;

function lastsItself(lifetime: Lifetime): string {
  if (lifetime === 'open') return 'for as long as it stays open';
  if (lifetime === 'undocumented') return 'for a time that AWS does not document';
  return `for up to ${formatDuration(lifetime as Minutes)}`;
}
