import { Command } from 'commander';
import type { VerifyOptions } from '../actions/audit-verify.ts';
import { auditBeginLogCommand } from './audit-begin-log.ts';
import { auditEraseCommand } from './audit-erase.ts';
import { auditExportCommand } from './audit-export.ts';
import { auditProveCommand } from './audit-prove.ts';
import { addOutputOptions, type OutputOptions } from '../terminal/output.ts';

/** `curfew audit story <request>` and `curfew audit verify <bundle>` */
export const auditCommand = (): Command =>
  new Command('audit')
    .description('read, prove and verify what was recorded')
    .addCommand(auditBeginLogCommand())
    .addCommand(auditEraseCommand())
    .addCommand(auditExportCommand())
    .addCommand(auditProveCommand())
    .addCommand(storyCommand())
    .addCommand(verifyCommand());

const storyCommand = (): Command =>
  addOutputOptions(
    new Command('story')
      .description('all events of a request, from the request to the receipt that its access is gone')
      .argument('<request>', 'the id of the request, or its last letters'),
    { hasCsv: false },
  )
    .addHelpText('after', '\n  curfew audit story 8n0p4x7q\n  curfew audit story 8n0p4x7q --output jsonl')
    .action(async (text: string, options: OutputOptions) =>
      (await import('../actions/audit-story.ts')).runAuditStory(text, options),
    );

const listed = (value: string, before: readonly string[]): readonly string[] => [...before, value];

const verifyCommand = (): Command =>
  addOutputOptions(
    new Command('verify')
      .description(
        'check an exported log against signed checkpoints; it needs neither the ledger nor a network',
      )
      .argument('<bundle>', 'the folder of the export')
      .option('--key <vkey>', 'a public key that you trust; can be given several times', listed, [])
      .option(
        '--kept <file>',
        'a file with checkpoints that you kept; can be given several times',
        listed,
        [],
      )
      .option('--place <folder>', 'a copy of what a place published; can be given several times', listed, []),
    { hasCsv: false },
  )
    .addHelpText(
      'after',
      '\n  curfew audit verify export/ --key curfew.example.com/log+6e1b2f0a+AQ… --place bucket/\n\nWithout --key it proves only that the export agrees with itself. docs/verify.md says how to get the key.',
    )
    .action(async (bundle: string, options: VerifyOptions) =>
      (await import('../actions/audit-verify.ts')).runAuditVerify(bundle, options),
    );
