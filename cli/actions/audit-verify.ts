import { type Report, reportLines, UsageError, verifyBundle } from '../../audit/verify/verify.mjs';
import { CommandError, EXIT } from '../terminal/exit.ts';
import { formatOf, type OutputOptions, print, printable, type Row, writeLine } from '../terminal/output.ts';

export type VerifyOptions = OutputOptions &
  Readonly<{
    key: readonly string[];
    kept: readonly string[];
    place: readonly string[];
    archive: readonly string[];
    checksum?: string;
  }>;

/** `curfew audit verify` */
export function runAuditVerify(bundle: string, options: VerifyOptions): void {
  const report = verified(bundle, options);
  const format = formatOf(options);
  if (format === 'table')
    reportLines(report).forEach((line) => writeLine(line === '' ? '' : printable(line)));
  else print([report as unknown as Row], format, {}, '');
  if (!report.ok) process.exitCode = EXIT.verificationFailed;
}

function verified(bundle: string, { key, kept, place, archive, checksum }: VerifyOptions): Report {
  try {
    return verifyBundle(bundle, { keys: key, kept, places: place, archives: archive, checksum });
  } catch (error) {
    throw error instanceof UsageError ? new CommandError('usage', error.message) : error;
  }
}
