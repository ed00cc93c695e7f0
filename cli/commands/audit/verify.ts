import { Command } from 'commander';
import type { VerifyOptions } from '../../actions/audit-verify.ts';
import { addOutputOptions } from '../../terminal/output.ts';

const listed = (value: string, before: readonly string[]): readonly string[] => [...before, value];

/** `curfew audit verify <bundle>` */
export const auditVerifyCommand = (): Command =>
  addOutputOptions(
    new Command('verify')
      .description('check an exported log, or evidence, offline against signed checkpoints')
      .argument('<bundle>', 'the folder of the export, or of the evidence')
      .option('--key <vkey>', 'a public key that you trust; can be given several times', listed, [])
      .option(
        '--kept <file>',
        'a file with checkpoints that you kept; can be given several times',
        listed,
        [],
      )
      .option('--place <folder>', 'a copy of what a place published; can be given several times', listed, [])
      .option(
        '--archive <folder>',
        'an older export, for entries that were purged since; can be given several times',
        listed,
        [],
      )
      .option('--checksum <sha256>', 'the SHA-256 of evidence/SHA256SUMS, of the evidence that you expect'),
    { hasCsv: false },
  )
    .addHelpText(
      'after',
      '\n  curfew audit verify export/ --key curfew.example.com/log+6e1b2f0a+AQ… --place bucket/\n\nWithout --key it proves only that the export agrees with itself. docs/verify.md says how to get the key.',
    )
    .action(async (bundle: string, options: VerifyOptions) =>
      (await import('../../actions/audit-verify.ts')).runAuditVerify(bundle, options),
    );
