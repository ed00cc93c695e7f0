import type { PersonId } from '../../../core/ids.ts';
import { parsePersonId } from '../../../core/ids.ts';
import type { EndScope } from '../../../core/mass-ending.ts';
import type { ScopeContent } from '../../../ledger/index.ts';
import { readContent } from '../../../requests/mass-ending/read-content.ts';
import type { ConsoleDeps } from '../../deps.ts';
import type { Reader } from '../../reader.ts';
import { readLocksOn, type LocksOn } from './locks.tsx';
import { readUngranted, type UngrantedAccess } from './ungranted.tsx';

/** What somebody would end of a person, and what that does not end. `needs`: how many people must lift the lock that follows; left out when there is none. */
export type EndAllAnswer = Readonly<{
  person: PersonId;
  scope: EndScope;
  content: ScopeContent;
  ungranted: UngrantedAccess;
  /** What keeps the person from getting access already. */
  locks: LocksOn;
  needs?: number;
}>;

const MOST = 50;

/** What would end, when the reader may end everything of this person. */
export async function readEndAll(
  { ledger, policy }: Pick<ConsoleDeps, 'ledger' | 'policy'>,
  { person: reader }: Pick<Reader, 'person'>,
  typed: string,
): Promise<EndAllAnswer | undefined> {
  const person = parsePersonId(typed);
  if (!person.ok) return undefined;
  const scope: EndScope = { kind: 'person', person: person.value };
  const may = await policy.mayEndAll(reader, scope);
  if (!may.ok) return undefined;
  const content = await readContent({ ledger, policy }, scope, MOST);
  const ungranted = await readUngranted({ ledger, policy }, person.value);
  const locks = await readLocksOn({ ledger, policy }, { person: reader }, person.value);
  return { person: person.value, scope, content, ungranted, locks, ...may.value };
}
