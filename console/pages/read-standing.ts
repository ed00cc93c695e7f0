import { accessOf, answerPage, standingAsked } from '../../audit/questions/index.ts';
import type { PersonId } from '../../core/ids.ts';
import type { PastAccess } from '../../core/past-access.ts';
import type { ConsoleDeps } from '../deps.ts';

/** What a person has now that Curfew did not grant: the newest of it. `hasMore`: there is older access too. */
export type StandingAccess = Readonly<{ rows: readonly PastAccess[]; hasMore: boolean }>;

const MOST = 25;

/** What looks at the providers showed of the accounts of a person. Whoever may see what the person has may see it. */
export async function readStanding(
  { ledger, policy }: Pick<ConsoleDeps, 'ledger' | 'policy'>,
  person: PersonId,
): Promise<StandingAccess> {
  const asked = await standingAsked(policy, person, await ledger.now());
  const { rows, next } = await answerPage(ledger, asked, { most: MOST, newestFirst: true });
  return { rows: rows.map(accessOf), hasMore: next !== undefined };
}
