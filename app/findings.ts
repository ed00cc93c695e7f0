import type { Permission, Preflight } from '../providers/provider.ts';

/** What a check found out about one part of Curfew. */
export type Finding = Readonly<{ part: string; state: 'ok' | 'note' | 'warning' | 'broken'; what: string }>;

/** "1 click", "2 clicks". */
export const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/**
 * What a provider says of the permissions of its own credential, and what it advises about the targets. Its note often says why a
 * permission can be missing.
 */
export function findingsOf(part: string, { permissions, note, advice = [] }: Preflight): readonly Finding[] {
  const notes = advice.map((what): Finding => ({ part, state: 'note', what }));
  if (permissions.length === 0)
    return [{ part, state: 'ok', what: note || 'The credential has the permissions it needs.' }, ...notes];
  return [
    ...permissions.map(({ severity, what }): Finding => {
      const { state, words } = SEVERITIES[severity];
      return { part, state, what: `${words}: ${what}` };
    }),
    ...(note ? [{ part, state: 'note', what: note } as const] : []),
    ...notes,
  ];
}

const SEVERITIES: Readonly<
  Record<Permission['severity'], Readonly<{ state: Finding['state']; words: string }>>
> = {
  missing: { state: 'broken', words: 'misses a permission' },
  excess: { state: 'warning', words: 'has more permissions than needed' },
  unknown: { state: 'warning', words: 'could not find out' },
};
