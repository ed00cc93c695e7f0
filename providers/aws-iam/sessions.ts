import { formatDuration } from '../../core/duration.ts';
import type { Minutes } from '../../core/ids.ts';
import type { Allows } from './policy.ts';
import { namesOf } from './risks.ts';
import { SESSION_ROWS, type Lifetime } from './session-actions.ts';

const MINUTE_MS = 60_000;

const ROWS = SESSION_ROWS.map(({ actions, ...row }) => ({ ...row, actions: actions.split(' ') }));

/** The actions that give something which works after the end of the policy. */
export const SESSION_ACTIONS: readonly string[] = ROWS.flatMap(({ actions }) => actions);

const msOf = (lifetime: Lifetime): number =>
  typeof lifetime === 'number' ? lifetime * MINUTE_MS : Number.POSITIVE_INFINITY;

/** How long what these statements give may work after their end, in milliseconds. */
export const lifetimeMs = (allows: Allows): number =>
  Math.max(0, ...ROWS.flatMap(({ actions, lifetime }) => (actions.some(allows) ? [msOf(lifetime)] : [])));

/** Whether the person can get the permissions of a role. */
export const actsAsRole = (allows: Allows): boolean =>
  ROWS.some((row) => row.actsAsRole && row.actions.some(allows));

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
      ({ allowed, gives, lifetime }) =>
        `caution: ${namesOf(allowed)} allowed: the person can get ${gives}, which continues after the end ${lasts(lifetime)}`,
    );
  const longest = found.reduce((a, b) => (msOf(b.lifetime) > msOf(a.lifetime) ? b : a));
  return [
    `caution: ${namesOf(found.flatMap(({ allowed }) => allowed))} allowed: the person can get sessions, tokens and credentials ` +
      `of ${found.length} kinds, which continue after the end, ${longest.gives} ${lasts(longest.lifetime)}`,
  ];
}

function lasts(lifetime: Lifetime): string {
  if (lifetime === 'open') return 'for as long as it stays open';
  if (lifetime === 'undocumented') return 'for a time that AWS does not document';
  return `for up to ${formatDuration(lifetime as Minutes)}`;
}
