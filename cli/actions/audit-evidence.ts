import { resolve } from 'node:path';
import { CONTROLS, type Control, controlsNamed, FRAMEWORKS } from '../../audit/evidence/controls.ts';
import { type EvidenceQuery, evidenceOf } from '../../audit/evidence/questions.ts';
import { type EvidenceMade, writeEvidence } from '../../audit/evidence/write-folder.ts';
import { messageOf } from '../../core/faults.ts';
import type { Instant } from '../../core/ids.ts';
import { CommandError } from '../terminal/exit.ts';
import { suggestion } from '../terminal/known-names.ts';
import { withLog } from '../terminal/log-context.ts';
import { endIfTyped, momentTyped } from '../terminal/moments.ts';
import { utc, writeLine } from '../terminal/output.ts';
import { entitlementTyped, providerIsKnown } from './access-subject.ts';
import { counted, exportedLog, orderedBy, verifyLine } from './audit-export.ts';

export type EvidenceOptions = Readonly<{
  from: string;
  to?: string;
  out: string;
  sample: number;
  entitlement?: string;
  provider?: string;
}>;

/** `curfew audit evidence` */
export async function runEvidence(
  names: readonly string[],
  { from, to, out, sample, entitlement, provider }: EvidenceOptions,
): Promise<void> {
  const controls = controlsTyped(names);
  await withLog(async (context) => {
    const { ledger, trusted, config } = context;
    const period = periodTyped({ from, to }, await ledger.now());
    await providerIsKnown(ledger, provider);
    const of = entitlement === undefined ? undefined : await entitlementTyped(ledger, config, entitlement);
    const asked = { ...period, entitlement: of, provider };
    const path = resolve(out);
    const made = await writeEvidence(
      ledger,
      path,
      { controls, asked, sample },
      { log: await exportedLog(context), by: await orderedBy(context) },
    ).catch((error: unknown) => {
      throw new CommandError('failed', `The evidence was not made: ${messageOf(error)}.\n  where: ${path}`);
    });
    summary(path, { controls, asked, made }).forEach(writeLine);
    writeLine(verifyLine(path, trusted, ` --checksum ${made.checksum}`));
  });
}

function controlsTyped(names: readonly string[]): readonly Control[] {
  const { controls, unknown } = controlsNamed(names);
  const [typed] = unknown;
  if (typed === undefined) return controls;
  const known = [...Object.keys(FRAMEWORKS), ...CONTROLS.map(({ id }) => id)];
  throw new CommandError(
    'notFound',
    `There is no framework and no control "${typed}".${suggestion(typed, known)}\n  known: ${known.join(', ')}`,
  );
}

function periodTyped(
  { from, to }: Readonly<{ from: string; to: string | undefined }>,
  now: Instant,
): Pick<EvidenceQuery, 'from' | 'to'> {
  const [start, end] = [momentTyped(from, now), endIfTyped(to, now) ?? now];
  if (start >= end) throw new CommandError('usage', 'The time of --from must be before that of --to.');
  return { from: start, to: end };
}

function summary(
  path: string,
  {
    controls,
    asked,
    made,
  }: Readonly<{ controls: readonly Control[]; asked: EvidenceQuery; made: EvidenceMade }>,
): readonly string[] {
  const { counts, checkpoint, sampled, checksum } = made;
  return [
    `Evidence of ${counted(controls.length, 'control')} from ${utc(asked.from)} until ${utc(asked.to)}: ${path}`,
    '',
    ...[...counts].map(([name, rows]) => `${String(rows).padStart(8)}  ${evidenceOf(name).title}`),
    `${String(sampled).padStart(8)}  of the first in the sample, with proofs`,
    '',
    `The newest checkpoint of the log ${checkpoint.origin} has ${counted(checkpoint.size, 'entry', 'entries')}.`,
    `The SHA-256 of evidence/SHA256SUMS is ${checksum}. Keep it: it names exactly this folder.`,
    '',
    'Verify it offline, with a public key that you have from somebody you trust:',
  ];
}
