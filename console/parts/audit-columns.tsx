import type { Child, FC } from 'hono/jsx';
import type { Column as AuditColumn, Kind } from '../../audit/questions/index.ts';
import type { Instant, PersonId } from '../../core/ids.ts';
import { oneLine } from '../../core/text.ts';
import type { AuditRow } from '../../ledger/index.ts';
import { targetWords } from '../../wording/target-name.ts';
import { Entitlement, type Names, Person, Provider, RequestLink } from './names.tsx';
import { People } from './request-columns.tsx';
import type { Column } from './table.tsx';
import { Time } from './time.tsx';

/** How the rows of an answer are shown. Only auditors have a page for a provider. */
type RowContext = Readonly<{ names: Names; zone: string; isAuditor: boolean }>;

/** The columns of an answer on a page. */
export const shownColumns = (
  columns: readonly AuditColumn[],
  shown: RowContext,
): readonly Column<AuditRow>[] =>
  columns
    .filter(({ only }) => only !== 'terminal')
    .map((column) => ({
      name: column.label,
      ...(column.kind === 'number' ? { isNumber: true } : {}),
      of: (row) => valueOf(row, column, shown),
    }));

/** The kinds that show one text of the row, so that nothing is shown without it. */
const NEEDS_TEXT: readonly Kind[] = [
  'time',
  'person',
  'entitlement',
  'provider',
  'target',
  'request',
  'decisions',
];

/** What a row has in a column. `missing` stands for what is not known yet. A time has seconds, because it is of the machine's clock. */
function valueOf(
  row: AuditRow,
  { key, kind, missing = '' }: AuditColumn,
  { names, zone, isAuditor }: RowContext,
): Child {
  const value = row[key];
  const id = typeof value === 'string' ? value : '';
  if (NEEDS_TEXT.includes(kind) && id === '') return missing;
  switch (kind) {
    case 'text':
      return textOf(row, key);
    case 'code':
      return <code>{textOf(row, key)}</code>;
    case 'number':
      return value === null ? '' : Math.round(Number(value));
    case 'state':
      return <span class={`state state--${value === 'open' ? 'warning' : 'over'}`}>{textOf(row, key)}</span>;
    case 'people':
      return Array.isArray(value) ? <People ids={value as readonly PersonId[]} names={names} /> : missing;
    case 'scope':
      return <Scope {...{ row, names, isAuditor }} />;
    case 'lock':
      return <Lock {...{ row, names }} />;
    case 'closed-by':
      return <ClosedBy {...{ row, names, zone }} />;
    case 'time':
      return <Time at={Date.parse(id) as Instant} zone={zone} seconds />;
    case 'person':
      return <Person id={id as PersonId} names={names} />;
    case 'entitlement':
      return <Entitlement id={id} names={names} />;
    case 'provider':
      return <Provider id={id} isLink={isAuditor} />;
    case 'target':
      return oneLine(targetWords(id));
    case 'request':
      return <RequestLink id={id} />;
    case 'decisions':
      return (
        <a class="id" href={`/findings/decisions?finding=${encodeURIComponent(id)}`} title={id}>
          {id.slice(-SHOWN_OF_ID)}
        </a>
      );
  }
}

/** How many letters of the id of a finding are shown. */
const SHOWN_OF_ID = 8;

/** What a row has under a name, as text. Empty when it has nothing there. */
const textOf = (row: AuditRow, key: string): string => {
  const value = row[key] ?? '';
  return oneLine(typeof value === 'object' ? value.join(', ') : String(value));
};

/** Who dealt with a finding, and when. */
const ClosedBy: FC<Pick<RowContext, 'names' | 'zone'> & Readonly<{ row: AuditRow }>> = ({
  row: { closed_by: by, closed_at: at, state },
  names,
  zone,
}) =>
  state === 'open' ? (
    <>nobody yet</>
  ) : (
    <>
      {typeof by === 'string' ? <Person id={by as PersonId} names={names} /> : 'no person'}{' '}
      {typeof at === 'string' && (
        <span class="soft">
          <Time at={Date.parse(at) as Instant} zone={zone} />
        </span>
      )}
    </>
  );

/** What a mass ending was about. */
const Scope: FC<Pick<RowContext, 'names' | 'isAuditor'> & Readonly<{ row: AuditRow }>> = ({
  row: { scope: kind, scope_name: name },
  names,
  isAuditor,
}) => {
  const id = String(name ?? '');
  switch (kind) {
    case 'person':
      return (
        <>
          everything of <Person id={id as PersonId} names={names} />
        </>
      );
    case 'entitlement':
      return (
        <>
          everybody’s <Entitlement id={id} names={names} />
        </>
      );
    case 'provider':
      return (
        <>
          everything at <Provider id={id} isLink={isAuditor} />
        </>
      );
    case 'leavers':
      return <>everything of people who left</>;
    default:
      return <>everything</>;
  }
};

/** The lock of a mass ending, and who lifted it. */
const Lock: FC<Pick<RowContext, 'names'> & Readonly<{ row: AuditRow }>> = ({
  row: { needs, lifted_by: lifted },
  names,
}) => {
  if (typeof needs !== 'number') return <>none</>;
  const people = (typeof lifted === 'object' ? (lifted ?? []) : []) as readonly PersonId[];
  const isLifted = people.length >= needs;
  return (
    <>
      <span class={`state state--${isLifted ? 'over' : 'warning'}`}>
        {isLifted ? 'lifted' : `${needs} people must lift it`}
      </span>{' '}
      {people.length > 0 && (
        <span class="soft">
          {!isLifted && 'until now '}by <People ids={people} names={names} />
        </span>
      )}
    </>
  );
};
