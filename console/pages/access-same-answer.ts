import type { AskedAbout } from '../../audit/questions/index.ts';
import { rfc3339 } from '../parts/time.tsx';
import type { AccessQuestion } from './access/question.ts';

/** The command for what the list of a question has. None asks about everything, or about a person and an entitlement at once. */
export function accessCommand(
  { entitlement, person }: AskedAbout,
  { at, from, to, list, knownAt }: AccessQuestion,
): string | undefined {
  if ((entitlement === undefined) === (person === undefined)) return undefined;
  const asked = entitlement === undefined ? ['held', person] : ['access', entitlement];
  const time = list === 'time' ? ['--from', rfc3339(from), '--to', rfc3339(to)] : ['--at', rfc3339(at)];
  const known = knownAt === undefined ? [] : ['--known-at', rfc3339(knownAt)];
  return ['curfew', 'audit', ...asked, ...time, ...known].join(' ');
}
