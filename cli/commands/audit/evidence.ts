import { Command, InvalidArgumentError, Option } from 'commander';
import type { EvidenceOptions } from '../../actions/audit-evidence.ts';

/** More rows than this are no sample. */
const MOST_SAMPLED = 10_000;

/** `curfew audit evidence <control…>` */
export const auditEvidenceCommand = (): Command =>
  new Command('evidence')
    .description('make a folder of evidence for SOC 2, ISO 27001 or NIST 800-53')
    .argument('<control...>', 'soc2, iso27001, nist-800-53, or controls of them, such as CC6.1 or AC-2')
    .requiredOption('--from <moment>', 'the beginning of the period: "2026-10-01", "90d ago"')
    .option('--to <moment>', 'its end; without it, now')
    .requiredOption('--out <folder>', 'an empty folder, or one that does not exist')
    .addOption(
      new Option('--sample <rows>', 'how many accesses the sample has, which nobody can choose')
        .argParser(parseRows)
        .default(25),
    )
    .addOption(
      new Option('--entitlement <id>', 'only of this entitlement, as far as a question has one').conflicts(
        'provider',
      ),
    )
    .option('--provider <name>', 'only at this provider, as far as a question has one')
    .addHelpText(
      'after',
      `
The folder has the whole log, the answers to the questions of the controls, a sample with proofs, and the hashes of all files.
Whoever has it verifies it offline, and needs only the public key of the log. An auditor decides whether it suffices.

  curfew audit evidence soc2 --from 2026-07-01 --to 2026-09-30 --out ./evidence-2026-q3
  curfew audit evidence AC-2 AC-6 --from "90d ago" --entitlement orders-db --out ./orders`,
    )
    .action(async (controls: readonly string[], options: EvidenceOptions) =>
      (await import('../../actions/audit-evidence.ts')).runEvidence(controls, options),
    );

function parseRows(text: string): number {
  const rows = Number(text);
  if (/^\d{1,5}$/.test(text) && rows <= MOST_SAMPLED) return rows;
  throw new InvalidArgumentError(`The value is a number of rows, from 0 to ${MOST_SAMPLED}.`);
}
