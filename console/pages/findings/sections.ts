import {
  type Column,
  type Period,
  type Question,
  QUESTION_NAMES,
  QUESTIONS,
  questionCommand,
  type QuestionName,
  questionQuery,
  emptyText,
} from '../../../audit/questions/index.ts';
import type { AuditQuery } from '../../../ledger/index.ts';
import { rfc3339 } from '../../parts/time.tsx';

/** One kind of thing that deserves a look: a question of the registry, or one of two lists that only this page has. */
export type Section = Readonly<{
  /** Its part of the address. */
  id: string;
  title: string;
  /** What it is, and why it deserves a look. */
  about: string;
  /** Shown instead of rows: how it is known that there are none. */
  empty: string;
  /** What it reads. `never-used` is no view that has conditions of a time. */
  query: ((period: Period) => AuditQuery) | 'never-used';
  columns: readonly Column[];
  /** The command with the same answer. */
  command?: (period: Period) => string;
  /** It has everything, whatever the period. */
  isWhole?: true;
}>;

const OPEN: Section = {
  id: 'open',
  title: 'Open findings',
  about:
    'Access that no request explains, and about which somebody must decide. All of them, whatever the period.',
  empty:
    'No finding is open. Curfew looks at every target of the catalogue for access that no request explains.',
  query: () => ({ view: 'finding', where: [{ kind: 'is', column: 'state', value: 'open' }] }),
  columns: QUESTIONS.findings.columns,
  isWhole: true,
};

const NEVER_USED: Section = {
  id: 'never-used',
  title: 'Grants that were never used',
  about:
    'The vendor showed everything from the grant to the end, and nothing was done. An unknown use is not among them.',
  empty: 'No vendor showed that a grant was never used.',
  query: 'never-used',
  columns: [
    { key: 'granted_at', label: 'Granted', kind: 'time' },
    { key: 'ended_at', label: 'Ended', kind: 'time' },
    ...QUESTIONS.grants.columns.filter(({ key }) =>
      ['person', 'entitlement', 'provider', 'target_name'].includes(key),
    ),
    { key: 'source', label: 'Known from', kind: 'text' },
    ...QUESTIONS.grants.columns.filter(({ key }) => key === 'request_id'),
  ],
  command: ({ from, to }) =>
    [
      'curfew audit use --never-used --limit 500',
      ...(from === undefined ? [] : ['--from', rfc3339(from)]),
      ...(to === undefined ? [] : ['--to', rfc3339(to)]),
    ].join(' '),
};

const sectionOf = (name: QuestionName, { columns, span }: Question): Section | undefined => {
  const { look } = QUESTIONS[name];
  return (
    look && {
      ...look,
      columns,
      empty: emptyText(name),
      query: (period) => questionQuery(name, period),
      command: (period) => questionCommand(name, period),
      ...(span === 'always' ? { isWhole: true } : {}),
    }
  );
};

/** Every section, in the order of the first page: first that about which somebody must decide. */
export const SECTIONS: readonly Section[] = [
  OPEN,
  ...QUESTION_NAMES.flatMap((name) => sectionOf(name, QUESTIONS[name]) ?? []),
  NEVER_USED,
];
