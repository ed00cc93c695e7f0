import * as questions from '../../audit/questions/index.ts';
import type { PersonId } from '../../core/ids.ts';
import type { AuditQuery, Ledger } from '../../ledger/index.ts';
import { personIsKnown, sayIdsOnly } from '../terminal/known-names.ts';
import { periodTyped } from '../terminal/moments.ts';
import { type AnswerOptions, type AnswerTable, printAnswer } from '../terminal/print-answer.ts';
import { withAuditLedger } from '../terminal/reading-context.ts';

/** What `addPeriodOptions` adds. */
export type PeriodOptions = AnswerOptions & Readonly<{ from?: string; to?: string }>;
export type FastOptions = PeriodOptions & Readonly<{ under: number }>;
export type OverstayOptions = PeriodOptions & Readonly<{ over: number }>;

const WHEN = { at: 'WHEN (UTC)' };
const WHERE = { provider: 'PROVIDER', target_name: 'TARGET', account_name: 'ACCOUNT' };
const APPROVALS = {
  ...WHEN,
  person: 'APPROVED BY',
  requester: 'REQUESTER',
  entitlement: 'ENTITLEMENT',
  approved: 'WHAT',
  seconds: 'AFTER (S)',
  via: 'VIA',
  account: 'ACCOUNT',
  request_id: 'REQUEST',
};

/** `curfew audit approvals` */
export const runAuditApprovals = (typed: string | undefined, options: PeriodOptions): Promise<void> =>
  withAuditLedger(async ({ ledger, config }) => {
    if (typed === undefined)
      return ask(ledger, options, questions.approvals, {
        columns: APPROVALS,
        empty: 'Nothing was approved.',
      });
    sayIdsOnly(config);
    const person = typed as PersonId;
    const any = await questions.answerPage(ledger, questions.approvalsBy(person), { most: 1 });
    if (any.rows.length === 0) await personIsKnown(config, person);
    await ask(ledger, options, (period) => questions.approvalsBy(person, period), {
      columns: APPROVALS,
      empty: `${person} approved nothing.`,
    });
  });

/** `curfew audit fast` */
export const runAuditFast = (options: FastOptions): Promise<void> =>
  withAuditLedger(({ ledger }) =>
    ask(ledger, options, (period) => questions.fastApprovals(options.under, period), {
      columns: APPROVALS,
      empty: `Nothing was approved in less than ${options.under} s.`,
    }),
  );

/** `curfew audit pairs` */
export const runAuditPairs = (options: PeriodOptions): Promise<void> =>
  withAuditLedger(({ ledger }) =>
    ask(ledger, options, questions.approvalPairs, {
      columns: {
        person: 'PERSON',
        other: 'OTHER',
        approved: 'APPROVED OF THE OTHER',
        was_approved: 'APPROVED BY THE OTHER',
        first_at: 'FIRST (UTC)',
        at: 'LAST (UTC)',
      },
      empty: 'No two people approved requests of each other.',
    }),
  );

/** `curfew audit overstays` */
export const runAuditOverstays = (options: OverstayOptions): Promise<void> =>
  withAuditLedger(({ ledger }) =>
    ask(ledger, options, (period) => questions.overstays(options.over, period), {
      columns: {
        seconds: 'SECONDS',
        person: 'PERSON',
        entitlement: 'ENTITLEMENT',
        ...WHERE,
        planned_end: 'PLANNED END (UTC)',
        until: 'UNTIL (UTC)',
        request_id: 'REQUEST',
      },
      empty: `No access was held for more than ${options.over} s after its end.`,
    }),
  );

type List = Readonly<{ query: (period: questions.Period) => AuditQuery }> & AnswerTable;

const LISTS = {
  grants: {
    query: questions.grants,
    columns: {
      at: 'SINCE (UTC)',
      until: 'UNTIL (UTC)',
      planned_end: 'PLANNED END (UTC)',
      person: 'PERSON',
      entitlement: 'ENTITLEMENT',
      ...WHERE,
      approved_by: 'APPROVED BY',
      request_id: 'REQUEST',
    },
    empty: 'Curfew granted nothing that was held then.',
  },
  'self-approvals': {
    query: questions.selfApprovals,
    columns: APPROVALS,
    empty: 'Nobody approved what they requested.',
  },
  refusals: {
    query: questions.refusals,
    columns: {
      ...WHEN,
      person: 'PERSON',
      tried: 'TRIED',
      code: 'REFUSED',
      entitlement: 'ENTITLEMENT',
      via: 'VIA',
      request_id: 'REQUEST',
    },
    empty: 'Nothing was refused.',
  },
  drift: {
    query: questions.drift,
    columns: {
      ...WHEN,
      kind: 'EVENT',
      expected: 'EXPECTED',
      found: 'FOUND',
      person: 'PERSON',
      ...WHERE,
      request_id: 'REQUEST',
    },
    empty: 'No provider showed other access than the ledger expected.',
  },
  findings: {
    query: questions.findings,
    columns: {
      at: 'FIRST SEEN (UTC)',
      ...WHERE,
      level: 'LEVEL',
      state: 'STATE',
      closed_by: 'DECIDED BY',
      closed_at: 'CLOSED (UTC)',
    },
    empty: 'Nothing was found that no request explains.',
  },
  decisions: {
    query: questions.findingDecisions,
    columns: {
      ...WHEN,
      person: 'PERSON',
      decision: 'DECISION',
      refused: 'REFUSED',
      ...WHERE,
      level: 'LEVEL',
      state: 'STATE NOW',
    },
    empty: 'Nobody decided about a finding.',
  },
  endings: {
    query: questions.massEndings,
    columns: {
      ...WHEN,
      person: 'PERSON',
      scope: 'SCOPE',
      scope_name: 'OF',
      requests: 'REQUESTS',
      needs: 'LIFTS NEEDED',
      lifted_by: 'LIFTED BY',
    },
    empty: 'Nobody ended everything of a scope.',
  },
  policies: {
    query: questions.policies,
    columns: { at: 'FIRST USED (UTC)', last_at: 'LAST USED (UTC)', judged: 'JUDGED', id: 'POLICY' },
    empty: 'Nothing was judged.',
  },
  readings: {
    query: questions.readings,
    columns: { ...WHEN, person: 'PERSON', kind: 'KIND', address: 'ADDRESS', entry: 'ENTRY' },
    empty: 'Nobody looked at what is not their own.',
  },
  reviews: {
    query: questions.reviews,
    columns: {
      at: 'OPENED (UTC)',
      person: 'BY',
      scope: 'SCOPE',
      from_at: 'FROM (UTC)',
      to_at: 'TO (UTC)',
      due_at: 'DUE (UTC)',
      population: 'POPULATION',
      lines: 'LINES',
      certified: 'CERTIFIED',
      objected: 'OBJECTED',
      finished_at: 'FINISHED (UTC)',
      id: 'REVIEW',
    },
    empty: 'Nobody opened a review.',
  },
  'review-decisions': {
    query: questions.reviewDecisions,
    columns: {
      ...WHEN,
      person: 'PERSON',
      decision: 'DECISION',
      refused: 'REFUSED',
      via: 'VIA',
      account: 'ACCOUNT',
      line_id: 'LINE',
      review_id: 'REVIEW',
    },
    empty: 'Nobody decided a line of a review.',
  },
  purges: {
    query: questions.purges,
    columns: {
      ...WHEN,
      person: 'PERSON',
      before_at: 'MADE BEFORE (UTC)',
      requests: 'REQUESTS',
      entries: 'ENTRIES',
      export_size: 'SIZE OF THE EXPORT',
      id: 'PURGE',
    },
    empty: 'Nothing was removed from the ledger.',
  },
  gains: {
    query: questions.policyGains,
    columns: {
      ...WHEN,
      person: 'PERSON',
      entitlement: 'ENTITLEMENT',
      policy: 'POLICY',
      request_id: 'REQUEST',
    },
    empty: 'Nobody requested an entitlement for the first time.',
  },
} as const satisfies Readonly<Record<string, List>>;

/** The questions that are a list of what happened in a period. */
export type ListName = keyof typeof LISTS;

/** `curfew audit refusals`, and the other lists of what happened in a period. */
export const runAuditList = (name: ListName, options: PeriodOptions): Promise<void> =>
  withAuditLedger(({ ledger }) => ask(ledger, options, LISTS[name].query, LISTS[name]));

async function ask(
  ledger: Ledger,
  options: PeriodOptions,
  query: (period: questions.Period) => AuditQuery,
  table: AnswerTable,
): Promise<void> {
  await printAnswer(ledger, query(periodTyped(options, await ledger.now())), options, table);
}
