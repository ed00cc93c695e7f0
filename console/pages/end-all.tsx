import type { FC } from 'hono/jsx';
import { LIMITS } from '../../core/limits.ts';
import type { ScopedRequest } from '../../ledger/index.ts';
import { contentPhrase, lockPhrase } from '../../wording/mass-endings.ts';
import { Entitlement, type Names, personPath, RequestLink } from '../parts/names.tsx';
import { Words } from '../parts/phrase.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Time } from '../parts/time.tsx';
import type { EndAllAnswer } from './person/read-end-all.ts';
import { UngrantedSection } from './person/ungranted.tsx';

type EndAllProps = Readonly<{
  answer: EndAllAnswer;
  /** The reader ends what is their own, which needs no reason. */
  isOwn: boolean;
  names: Names;
  zone: string;
}>;

/** Shows exactly what would end, and asks once more. */
export const EndAllPage: FC<EndAllProps> = ({
  answer: { person, scope, content, ungranted, needs },
  isOwn,
  names,
  zone,
}) => (
  <>
    <p class="lead">
      <Words of={contentPhrase(scope, content)} names={names} zone={zone} />
    </p>
    <Table
      caption="What would end"
      columns={columnsOf(names, zone)}
      rows={content.first}
      empty="There is nothing to end."
    />
    {content.total > content.first.length && <p>and {content.total - content.first.length} more.</p>}
    {ungranted.rows.length > 0 && <UngrantedSection {...{ ungranted, zone }} />}
    <p>
      <Words of={lockPhrase(needs)} names={names} zone={zone} />
    </p>
    <form method="post" action={`${personPath(person)}/end`} class="fields">
      <label>
        Why? The people whose access ends read it.
        <textarea name="reason" rows={2} maxlength={LIMITS.reasonLength} required={!isOwn}></textarea>
      </label>
      <button class="main">End all of it now</button>
      <a href={personPath(person)}>Cancel</a>
    </form>
  </>
);

const columnsOf = (names: Names, zone: string): readonly Column<ScopedRequest>[] => [
  { name: 'What', of: ({ entitlement }) => <Entitlement id={entitlement} names={names} /> },
  { name: 'Where', of: ({ providers }) => providers.join(', ') },
  { name: 'State', of: ({ state }) => state },
  { name: 'Until', of: ({ endsAt }) => (endsAt === null ? '' : <Time at={endsAt} zone={zone} />) },
  { name: 'Request', of: ({ id }) => <RequestLink id={id} /> },
];
