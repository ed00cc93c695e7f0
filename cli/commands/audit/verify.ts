import { Command } from 'commander';
import type { VerifyOptions } from '../../actions/audit-verify.ts';
import { addOutputOptions } from '../../terminal/output.ts';

const listed = (value: string, before: readonly string[]): readonly string[] => [...before, value];

/** `curfew audit verify <path>` */
export const auditVerifyCommand = (): Command =>
  addOutputOptions(
    new Command('verify')
      .description('check an exported log, evidence, a review or proofs offline, with public keys')
      .argument('<path>', 'the folder of an export, of evidence or of a review, or a file with proofs')
      .option(
        '--key <vkey>',
        'a public key that you trust, of the log or of a witness; can be given several times',
        listed,
        [],
      )
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
      '\n  curfew audit verify export/ --key curfew.example.com/log+6e1b2f0a+AQ… --place bucket/\n  curfew audit verify proofs.jsonl --key curfew.example.com/log+6e1b2f0a+AQ…\n\nWithout --key nothing is proven. docs/verify.md says how to get the key. Exit code 0: verified. 5: something is wrong. 6: something is not proven.',
    )
    .action(async (path: string, options: VerifyOptions) =>
      (await import('../../actions/audit-verify.ts')).runAuditVerify(path, options),
    );
