import * as c from './column.ts';
import type { Question } from './question.ts';

const BY_LOG = 'The verifier makes the same answer from the verified log and compares each row.';

/** The questions about what Curfew found at providers, and about what people did about it. */
export const FINDINGS = {
  drift: {
    about: 'where a provider showed other access than the ledger expected',
    view: 'drift',
    columns: [
      c.when,
      c.text('kind', 'Event'),
      c.text('expected', 'Expected'),
      c.text('found', 'Found'),
      c.who,
      c.provider,
      c.target,
      c.account,
      c.request,
    ],
    empty:
      'Curfew verifies access at the providers again and again. Each read showed what the ledger expected.',
    look: {
      id: 'drift',
      title: 'Changes by hand',
      about: 'A provider showed other access than the ledger expected. “repaired”: Curfew corrected it.',
    },
    evidence: {
      title: 'Where a provider showed other access than was approved, and what Curfew corrected',
      known: BY_LOG,
      narrows: ['entitlement', 'provider'],
    },
  },
  findings: {
    about: 'access that no request explains, by when it was seen first',
    view: 'finding',
    columns: [
      c.time('at', 'First seen'),
      c.provider,
      c.target,
      c.account,
      c.level,
      c.text('what', 'What', { only: 'page' }),
      c.special.state('state', 'State'),
      c.special.closedBy('closed_by', 'Decided by'),
      c.time('closed_at', 'Closed', { only: 'terminal' }),
      c.special.decisions('id', 'Decisions', { only: 'page' }),
    ],
    empty: 'No look at a provider showed access that no request explains.',
    look: {
      id: 'unexplained',
      title: 'Access that no request explains',
      about:
        'Curfew saw it at a provider for the first time in this period. Somebody adopts it, or it is revoked.',
    },
    evidence: {
      title: 'Access that no request explains, by when it was seen first',
      known: 'Looks at providers are not in the log, so a folder with proofs does not have this answer.',
      narrows: ['provider'],
      isNotInLog: true,
    },
  },
  decisions: {
    about: 'who decided what about a finding',
    view: 'finding_decision',
    columns: [
      c.when,
      c.who,
      c.decision,
      c.refused,
      c.provider,
      c.target,
      c.account,
      c.level,
      c.special.state('state', 'State now'),
    ],
    empty: 'Nobody decided about a finding.',
    look: {
      id: 'decisions',
      title: 'Decisions about findings',
      about: 'Who adopted or revoked access that no request explains. A refused decision did not count.',
    },
    evidence: { title: 'Who decided what about access that no request explains', known: BY_LOG },
  },
  'review-decisions': {
    about: 'who certified an access in a review or objected to it',
    view: 'review_decision',
    columns: [
      c.when,
      c.who,
      c.decision,
      c.refused,
      c.via,
      c.login,
      c.text('line_id', 'Line'),
      c.text('review_id', 'Review'),
    ],
    empty: 'Nobody decided a line of a review.',
    evidence: {
      title: 'Who certified an access in a review or objected to it',
      known: `curfew audit review makes a folder of each review with proofs. ${BY_LOG}`,
    },
  },
  endings: {
    about: 'every time that somebody ended everything of a person, of an entitlement, at a provider, or all',
    view: 'mass_ending',
    columns: [
      c.when,
      c.who,
      c.text('scope', 'Scope', { only: 'terminal' }),
      c.text('scope_name', 'Of', { only: 'terminal' }),
      c.ending.scope('scope', 'Ended', { only: 'page' }),
      c.number('requests', 'Requests'),
      c.number('needs', 'Lifts needed', { only: 'terminal' }),
      c.people('lifted_by', 'Lifted by', { only: 'terminal' }),
      c.ending.lock('needs', 'Lock', { only: 'page' }),
    ],
    empty: 'Nobody ended everything of a scope.',
    look: {
      id: 'endings',
      title: 'Mass endings',
      about:
        'Somebody ended everything of a person, of an entitlement, at a provider, or all. Most have a lock.',
    },
    evidence: {
      title: 'When somebody ended everything of a person, of an entitlement or at a provider',
      known: BY_LOG,
    },
  },
} as const satisfies Readonly<Record<string, Question>>;
