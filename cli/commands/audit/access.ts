import { Command } from 'commander';
import type { AccessOptions, TargetOptions } from '../../actions/audit-access.ts';
import { addAnswerOptions, addTimeOptions } from './options.ts';

/** `curfew audit access <entitlement>`, where a target can stand too */
export const accessCommand = (): Command =>
  addAnswerOptions(
    addTimeOptions(
      new Command('access')
        .description('who had access to an entitlement or a target, now or in the past')
        .argument(
          '<entitlement>',
          'an entitlement, by its id or a synonym, or a target as the catalogue names it',
        )
        .option('-p, --provider <provider>', 'only at this provider'),
    ),
  )
    .addHelpText(
      'after',
      `
  curfew audit access orders-db --at "yesterday 14:00"
  curfew audit access orders-db --from 2026-11-01 --to 2026-11-30 --csv > november.csv
  curfew audit access team:lantern/orders-oncall --at "2026-11-24 14:00" --known-at "2026-11-24 14:05"`,
    )
    .action(async (what: string, options: TargetOptions) =>
      (await import('../../actions/audit-access.ts')).runAuditAccess(what, options),
    );

/** `curfew audit held <person>` */
export const heldCommand = (): Command =>
  addAnswerOptions(
    addTimeOptions(
      new Command('held')
        .description('what a person held at a moment, or between two')
        .argument('<person>', 'the id of a person, also of one who left'),
    ),
  )
    .addHelpText('after', '\n  curfew audit held ana --at "last tuesday 14:00"')
    .action(async (person: string, options: AccessOptions) =>
      (await import('../../actions/audit-access.ts')).runAuditHeld(person, options),
    );
