import type { Control } from '../../audit/evidence/controls.ts';
import { writeEvidence } from '../../audit/evidence/write-folder.ts';
import { messageOf } from '../../core/faults.ts';
import { no, ok, type Result } from '../../core/result.ts';
import type { ConsoleDeps } from '../deps.ts';
import { rfc3339 } from '../parts/time.tsx';
import { type ZippedFolder, zippedFolder } from '../zipped-folder.ts';
import { evidenceAddress, type EvidencePeriod } from './evidence-period.ts';

/** A larger log is exported at the command line: a browser would wait for minutes. */
const MOST_ENTRIES = 200_000;
/** The sample has so many grants. */
const SAMPLE = 25;

type Deps = Pick<ConsoleDeps, 'ledger' | 'logKeys' | 'columnsOf' | 'report'>;

/** The archive of a folder of evidence. `checksum` is the SHA-256, in hex, of the list of the hashes of its files. */
export type EvidenceFolder = Readonly<{ body: ReadableStream<Uint8Array>; checksum: string }>;

/** The folder of evidence of a control, as an archive. The error is a sentence for the reader. */
export async function evidenceFolder(
  { ledger, logKeys, columnsOf, report }: Deps,
  control: Control,
  period: EvidencePeriod,
): Promise<Result<EvidenceFolder, string>> {
  const [key] = logKeys;
  if (!key) return no('This console has no key of the audit log, so nobody could verify the folder.');
  const { size } = await ledger.logProgress();
  if (size > MOST_ENTRIES)
    return no(`The log has ${size} entries, which is too many to download. Use the command below.`);
  const log = { name: key.name, trusted: logKeys, witnesses: [], places: new Map(), exportedAt: new Date() };
  const order = { controls: [control], asked: period, sample: SAMPLE };
  try {
    const { made, body }: ZippedFolder<{ checksum: string }> = await zippedFolder(
      folderName(control, period),
      (folder) => writeEvidence(ledger, folder, order, { log, columnsOf }),
      report,
    );
    return ok({ body, checksum: made.checksum });
  } catch (error) {
    report(error);
    return no(`The folder was not made: ${messageOf(error)}.`);
  }
}

/** Such as `curfew-evidence-CC6.1-2026-08-31-2026-11-29`. The days are those of the period in UTC. */
export const folderName = ({ id }: Control, { from, to }: EvidencePeriod): string =>
  ['curfew-evidence', id, ...[from, to].map((at) => rfc3339(at).slice(0, 10))].join('-');

/** The address of the folder. As it is recorded, it has the checksum: so the log says which folder somebody got. */
export function folderAddress(control: Control, period?: EvidencePeriod, checksum?: string): string {
  const address = `${evidenceAddress(control)}/folder`;
  if (!period) return address;
  const { from, to } = period;
  const asked = new URLSearchParams({ from: rfc3339(from), to: rfc3339(to) });
  if (checksum !== undefined) asked.append('sha256', checksum);
  return `${address}?${asked.toString()}`;
}
