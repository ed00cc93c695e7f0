import { accessOf, answerPage, ungrantedAsked } from '../../audit/questions/index.ts';
import type { PersonId } from '../../core/ids.ts';
import type { PastAccess } from '../../core/past-access.ts';
import type { ConsoleDeps } from '../deps.ts';

/** What a person has now that Curfew did not grant: the newest of it. `hasMore`: there is older access too. */
export type UngrantedAccess = Readonly<{ rows: readonly PastAccess[]; hasMore: boolean }>;

const MOST = 25;

/** What looks at the providers showed of the accounts of a person. Whoever may see what the person has may see it. */
export async function readUngranted(
  { ledger, policy }: Pick<ConsoleDeps, 'ledger' | 'policy'>,
  person: PersonId,
): Promise<UngrantedAccess> {
  const asked = await ungrantedAsked(policy, person, await ledger.now());
  const { rows, next } = await answerPage(ledger, asked, { most: MOST, newestFirst: true });
  return { rows: rows.map(accessOf), hasMore: next !== undefined };
}
