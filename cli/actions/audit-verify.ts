import { statSync } from 'node:fs';
import {
  checkProofs,
  reportLines,
  UsageError,
  type Verdict,
  verifyBundle,
} from '../../audit/verify/verify.mjs';
import { CommandError, EXIT } from '../terminal/exit.ts';
import { formatOf, type OutputOptions, print, type Row, writeLine } from '../terminal/output.ts';

export type VerifyOptions = OutputOptions &
  Readonly<{
    key: readonly string[];
    kept: readonly string[];
    place: readonly string[];
    archive: readonly string[];
    checksum?: string;
  }>;

const CODES: Readonly<Record<Verdict, number>> = {
  verified: EXIT.done,
  unproven: EXIT.notProven,
  failed: EXIT.verificationFailed,
};

/** `curfew audit verify`: a folder, or a file with proofs. */
export function runAuditVerify(path: string, options: VerifyOptions): void {
  const { report, lines } = verified(path, options);
  const format = formatOf(options);
  if (format === 'table') lines.forEach(writeLine);
  else print([report as unknown as Row], format, {}, '');
  if (report.verdict !== 'verified') process.exitCode = CODES[report.verdict];
}

function verified(path: string, { key, kept, place, archive, checksum }: VerifyOptions) {
  try {
    if (statSync(path, { throwIfNoEntry: false })?.isFile() === true) {
      const report = checkProofs(path, key);
      return { report, lines: report.lines };
    }
    const report = verifyBundle(path, { keys: key, kept, places: place, archives: archive, checksum });
    return { report, lines: reportLines(report) };
  } catch (error) {
    throw error instanceof UsageError ? new CommandError('usage', error.message) : error;
  }
}
