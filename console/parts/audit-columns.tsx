import type { Child, FC } from 'hono/jsx';
import type { Column as AuditColumn, Kind } from '../../audit/questions/index.ts';
import type { Instant, PersonId } from '../../core/ids.ts';
import { oneLine } from '../../core/text.ts';
import type { AuditRow } from '../../ledger/index.ts';
import { targetWords } from '../../wording/target-name.ts';
import { Entitlement, People, Person, Provider, RequestLink } from './names.tsx';
import type { Column } from './table.tsx';
import { Time } from './time.tsx';

/** The columns of an answer on a page. */
export const shownColumns = (columns: readonly AuditColumn[]): readonly Column<AuditRow>[] =>
  columns
    .filter(({ only }) => only !== 'terminal')
    .map((column) => ({
      name: column.label,
      ...(column.kind === 'number' ? { isNumber: true } : {}),
      of: (row) => valueOf(row, column),
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
function valueOf(row: AuditRow, { key, kind, missing = '' }: AuditColumn): Child {
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
      return Array.isArray(value) ? <People ids={value as readonly PersonId[]} /> : missing;
    case 'scope':
      return <Scope row={row} />;
    case 'lock':
      return <Lock row={row} />;
    case 'closed-by':
      return <ClosedBy row={row} />;
    case 'time':
      return <Time at={Date.parse(id) as Instant} seconds />;
    case 'person':
      return <Person id={id as PersonId} />;
    case 'entitlement':
      return <Entitlement id={id} />;
    case 'provider':
      return <Provider id={id} />;
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
const ClosedBy: FC<Readonly<{ row: AuditRow }>> = ({ row: { closed_by: by, closed_at: at, state } }) =>
  state === 'open' ? (
    <>nobody yet</>
  ) : (
    <>
      {typeof by === 'string' ? <Person id={by as PersonId} /> : 'no person'}{' '}
      {typeof at === 'string' && (
        <span class="soft">
          <Time at={Date.parse(at) as Instant} />
        </span>
      )}
    </>
  );

/** What a mass ending was about. */
const Scope: FC<Readonly<{ row: AuditRow }>> = ({ row: { scope: kind, scope_name: name } }) => {
  const id = String(name ?? '');
  switch (kind) {
    case 'person':
      return (
        <>
          everything of <Person id={id as PersonId} />
        </>
      );
    case 'entitlement':
      return (
        <>
          everybody’s <Entitlement id={id} />
        </>
      );
    case 'provider':
      return (
        <>
          everything at <Provider id={id} />
        </>
      );
    case 'leavers':
      return <>everything of people who left</>;
    default:
      return <>everything</>;
  }
};

/** The lock of a mass ending, and who lifted it. */
const Lock: FC<Readonly<{ row: AuditRow }>> = ({ row: { needs, lifted_by: lifted } }) => {
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
          {!isLifted && 'until now '}by <People ids={people} />
        </span>
      )}
    </>
  );
};
