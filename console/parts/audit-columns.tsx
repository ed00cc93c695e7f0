import type { FC } from 'hono/jsx';
import type { Instant, PersonId } from '../../core/ids.ts';
import { oneLine } from '../../core/text.ts';
import type { AuditRow } from '../../ledger/index.ts';
import { targetWords } from '../../wording/target-name.ts';
import { Entitlement, type Names, Person, Provider, RequestLink } from './names.tsx';
import { People } from './request-columns.tsx';
import type { Column } from './table.tsx';
import { Time } from './time.tsx';

/** How the rows of an answer are shown. Only auditors have a page for a provider. */
export type Shown = Readonly<{ names: Names; zone: string; isAuditor: boolean }>;
/** The columns of an answer, for each way to show them. */
export type Columns = (shown: Shown) => readonly Column<AuditRow>[];

type OneColumn = (shown: Shown) => Column<AuditRow>;

/** The columns in this order. */
export const columns =
  (...each: readonly OneColumn[]): Columns =>
  (shown) =>
    each.map((column) => column(shown));

/** What a row has under a name, as text. Empty when it has nothing there. */
export const textOf = (row: AuditRow, key: string): string => {
  const value = row[key] ?? '';
  return oneLine(typeof value === 'object' ? value.join(', ') : String(value));
};

export const text =
  (name: string, key: string): OneColumn =>
  () => ({ name, of: (row) => textOf(row, key) });

export const code =
  (name: string, key: string): OneColumn =>
  () => ({ name, of: (row) => <code>{textOf(row, key)}</code> });

export const number =
  (name: string, key: string): OneColumn =>
  () => ({ name, isNumber: true, of: (row) => (row[key] === null ? '' : Math.round(Number(row[key]))) });

/** An event of the machine's clock, so with seconds. `missing` is shown for a time that is not known yet. */
export const time =
  (name: string, key: string, missing = ''): OneColumn =>
  ({ zone }) => ({
    name,
    of: ({ [key]: at }) =>
      typeof at === 'string' ? <Time at={Date.parse(at) as Instant} zone={zone} seconds /> : missing,
  });

export const person =
  (name: string, key: string, missing = ''): OneColumn =>
  ({ names }) => ({
    name,
    of: ({ [key]: id }) => (typeof id === 'string' ? <Person id={id as PersonId} names={names} /> : missing),
  });

export const people =
  (name: string, key: string): OneColumn =>
  ({ names }) => ({
    name,
    of: ({ [key]: ids }) =>
      Array.isArray(ids) ? <People ids={ids as readonly PersonId[]} names={names} /> : '',
  });

export const entitlement =
  (name: string, key = 'entitlement'): OneColumn =>
  ({ names }) => ({
    name,
    of: ({ [key]: id }) => (typeof id === 'string' ? <Entitlement id={id} names={names} /> : ''),
  });

export const provider: OneColumn = ({ isAuditor }) => ({
  name: 'Provider',
  of: ({ provider: id }) => (typeof id === 'string' ? <Provider id={id} isLink={isAuditor} /> : ''),
});

export const target: OneColumn = () => ({
  name: 'Target',
  of: ({ target_name: name }) => (typeof name === 'string' ? oneLine(targetWords(name)) : ''),
});

export const request: OneColumn = () => ({
  name: 'Request',
  of: ({ request_id: id }) => (typeof id === 'string' ? <RequestLink id={id} /> : ''),
});

/** What became of a finding, and who dealt with it. */
export const findingState: OneColumn = () => ({
  name: 'State',
  of: (row) => (
    <span class={`state state--${row['state'] === 'open' ? 'warning' : 'over'}`}>{textOf(row, 'state')}</span>
  ),
});

export const dealtWith: OneColumn = ({ names, zone }) => ({
  name: 'Dealt with by',
  of: ({ closed_by: by, closed_at: at, state }) =>
    state === 'open' ? (
      'nobody yet'
    ) : (
      <>
        {typeof by === 'string' ? <Person id={by as PersonId} names={names} /> : 'no person'}{' '}
        {typeof at === 'string' && (
          <span class="soft">
            <Time at={Date.parse(at) as Instant} zone={zone} />
          </span>
        )}
      </>
    ),
});

/** How many letters of the id of a finding are shown. */
const SHOWN_OF_ID = 8;

/** The decisions about a finding, by the end of its id. */
export const decisions: OneColumn = () => ({
  name: 'Decisions',
  of: (row) => {
    const id = textOf(row, 'id');
    return (
      <a class="id" href={`/findings/decisions?finding=${encodeURIComponent(id)}`} title={id}>
        {id.slice(-SHOWN_OF_ID)}
      </a>
    );
  },
});

/** What a mass ending was about. */
export const scope: OneColumn = ({ names, isAuditor }) => ({
  name: 'What was ended',
  of: (row) => <Scope {...{ row, names, isAuditor }} />,
});

const Scope: FC<Pick<Shown, 'names' | 'isAuditor'> & Readonly<{ row: AuditRow }>> = ({
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
export const lock: OneColumn = ({ names }) => ({
  name: 'Lock',
  of: ({ needs, lifted_by: lifted }) => {
    if (typeof needs !== 'number') return 'none';
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
  },
});
