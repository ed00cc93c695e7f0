import * as c from './column.ts';
import type { Question } from './question.ts';

const BY_LOG = 'The verifier makes the same answer from the verified log and compares each row.';

/** The questions about policies, readers, reviews and removals. */
export const RECORDS = {
  policies: {
    about: 'every policy by which something was judged, by its digest',
    view: 'policy',
    columns: [
      c.time('at', 'First used'),
      c.time('last_at', 'Last used'),
      c.number('judged', 'Judged'),
      c.code('id', 'Policy'),
    ],
    empty: 'No policy was used for the first time.',
    look: {
      id: 'policies',
      title: 'Changes of the policy',
      about: 'A policy is known from the first request or extension that was judged by it.',
    },
    evidence: {
      title: 'Policies that were used in the period for the first time',
      known: `A policy is named by its digest. ${BY_LOG}`,
    },
  },
  gains: {
    about: 'the first request of each person for each entitlement, and its policy',
    view: 'policy_gain',
    columns: [c.when, c.who, c.entitlement, c.code('policy', 'Policy'), c.request],
    empty: 'Nobody requested an entitlement for the first time.',
    look: {
      id: 'gains',
      title: 'First requests',
      about:
        'A person requested an entitlement for the first time, so a policy let them. It may be a new right.',
    },
  },
  readings: {
    about: 'who looked in the console at what is not their own, and who took a copy of it',
    view: 'reading',
    columns: [c.when, c.who, c.text('kind', 'Kind'), c.code('address', 'Address'), c.code('entry', 'Entry')],
    empty: 'Nobody looked at what is not their own.',
    look: {
      id: 'readings',
      title: 'Who looked at what',
      about: 'Somebody saw in this console what is not their own, or took a copy of it.',
    },
    evidence: {
      title: 'Who looked in the console at what is not their own, or took a copy of it',
      known: `A reading waits up to 17 minutes for its entry of the log, and is not in the answer before. ${BY_LOG}`,
      where: [{ kind: 'present', column: 'entry' }],
    },
  },
  reviews: {
    about: 'every review of access, with how far it is',
    view: 'review',
    columns: [
      c.time('at', 'Opened'),
      c.person('person', 'By'),
      c.text('scope', 'Scope'),
      c.time('from_at', 'From'),
      c.time('to_at', 'To'),
      c.time('due_at', 'Due'),
      c.number('population', 'Population'),
      c.number('lines', 'Lines'),
      c.number('certified', 'Certified'),
      c.number('objected', 'Objected'),
      c.time('finished_at', 'Finished'),
      c.text('id', 'Review'),
    ],
    empty: 'Nobody opened a review.',
  },
  purges: {
    about: 'every time that old requests were removed from the ledger',
    view: 'purge',
    columns: [
      c.when,
      c.text('person', 'Person'),
      c.time('before_at', 'Made before'),
      c.number('requests', 'Requests'),
      c.number('entries', 'Entries'),
      c.number('export_size', 'Size of the export'),
      c.text('id', 'Purge'),
    ],
    empty: 'Nothing was removed from the ledger.',
    look: {
      id: 'purges',
      title: 'Removals of old requests',
      about: 'Somebody removed old requests from the ledger. Their export has them, with their proofs.',
    },
    evidence: { title: 'When old requests were removed from the ledger', known: BY_LOG },
  },
} as const satisfies Readonly<Record<string, Question>>;
