import { Command, Option } from 'commander';
import type { ListName, OverstayOptions, PeriodOptions } from '../../actions/audit-lists.ts';
import { parseSeconds } from './approvals.ts';
import { addAnswerOptions, addPeriodOptions } from './options.ts';

/** `curfew audit overstays` */
export const overstaysCommand = (): Command =>
  addAnswerOptions(
    addPeriodOptions(
      new Command('overstays')
        .description('access that was held after its planned end; there should be none')
        .addOption(
          new Option('--over <seconds>', 'held for longer than this after the end')
            .argParser(parseSeconds)
            .default(60, '60s, which is what the calls to a provider may take'),
        ),
    ),
  ).action(async (options: OverstayOptions) =>
    (await import('../../actions/audit-lists.ts')).runAuditOverstays(options),
  );

const DESCRIPTIONS: Readonly<Record<ListName, string>> = {
  grants: 'access that Curfew granted, with who approved it',
  'self-approvals': 'what its own requester approved; there should be none',
  refusals: 'every attempt that was refused',
  drift: 'where a provider showed other access than the ledger expected',
  findings: 'access that no request explains, by when it was seen first',
  decisions: 'who decided what about a finding',
  endings: 'every time that somebody ended everything of a person, of an entitlement, at a provider, or all',
  policies: 'every policy by which something was judged, by its digest',
  readings: 'who looked in the console at what is not their own, and who took a copy of it',
  reviews: 'every review of access, with how far it is',
  'review-decisions': 'who certified an access in a review or objected to it',
  purges: 'every time that old requests were removed from the ledger',
  gains: 'the first request of each person for each entitlement, and its policy',
};

/** `curfew audit refusals`, and the other lists of what happened in a period. */
export const listCommands = (): readonly Command[] =>
  Object.entries(DESCRIPTIONS).map(([name, description]) =>
    addAnswerOptions(addPeriodOptions(new Command(name).description(description))).action(
      async (options: PeriodOptions) =>
        (await import('../../actions/audit-lists.ts')).runAuditList(name as ListName, options),
    ),
  );
