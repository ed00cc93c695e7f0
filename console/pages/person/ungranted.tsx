import type { FC } from 'hono/jsx';
import type { PastAccess } from '../../../core/past-access.ts';
import { oneLine } from '../../../core/text.ts';
import { targetWords } from '../../../wording/target-name.ts';
import { accessOf, answerPage, ungrantedAsked } from '../../../audit/questions/index.ts';
import type { PersonId } from '../../../core/ids.ts';
import { BASIS_WORDS } from '../../parts/request-columns.tsx';
import { Section } from '../../parts/section.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { Time } from '../../parts/time.tsx';
import type { ConsoleDeps } from '../../deps.ts';

/** What a person has that Curfew did not grant, and who can remove it. */
export const UngrantedSection: FC<Readonly<{ ungranted: UngrantedAccess }>> = ({ ungranted }) => {
  const { rows, hasMore } = ungranted;
  return (
    <Section
      id="standing"
      title={`Access that Curfew did not grant (${hasMore ? 'the newest ' : ''}${rows.length})`}
    >
      {rows.length > 0 && (
        <p>
          Ending all requests of a person does not remove this access. The people who decide about findings
          can have Curfew revoke what is not explained. Standing access can only be removed at the provider.
        </p>
      )}
      <Table
        caption="Access that Curfew did not grant, the newest first"
        columns={COLUMNS}
        rows={rows}
        empty="Nothing, as far as looks at the providers show."
      />
    </Section>
  );
};

const COLUMNS: readonly Column<PastAccess>[] = [
  { name: 'Account', of: ({ account }) => oneLine(account) },
  { name: 'Where', of: ({ provider, target }) => `${oneLine(provider)}: ${oneLine(targetWords(target))}` },
  { name: 'Level', of: ({ level }) => oneLine(level) },
  { name: 'Seen first', of: ({ since }) => <Time at={since} seconds /> },
  { name: 'Status', of: ({ basis }) => BASIS_WORDS[basis] },
];

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
