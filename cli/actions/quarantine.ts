import { randomUUID } from 'node:crypto';
import { shortOf } from '../../core/ids.ts';
import type { PlanKind, PlanLine, Quarantine } from '../../ledger/index.ts';
import { planDigest } from '../../requests/quarantine-plan.ts';
import { ask, isInteractive } from '../terminal/ask.ts';
import { whoActs } from '../terminal/caller.ts';
import { withContext } from '../terminal/context.ts';
import { CommandError } from '../terminal/exit.ts';
import { formatOf, type OutputOptions, print, writeLine } from '../terminal/output.ts';
import { withLedger } from '../terminal/reading-context.ts';
import { waitFor } from '../terminal/wait.ts';

export type EndQuarantineOptions = Readonly<{ as?: string; digest?: string }>;

const NONE = 'The ledger is not in quarantine.';
const NO_LEASE = 'The manifest knows of no lease more than the ledger does.';

/** What an entry of the manifest says of whom and what. The ledger may know neither the request nor the lease. */
type Entry = Readonly<{
  provider: string;
  targetKey: string;
  subject: Readonly<{ name: string }>;
  level: string;
}>;

/** What happens with each kind of line, in one sentence. */
const HAPPENS: Readonly<Record<PlanKind, string>> = {
  unknown: 'the ledger does not know it; it ends at the end that the manifest has',
  'not-granted': 'the ledger does not know that it was granted; it ends at the end that the manifest has',
  'later-end': 'the later end counts, and is the end once the quarantine is ended',
  'ended-before': 'it was over already; it is revoked again once the quarantine is ended',
};

const time = (at: number | undefined): string => (at === undefined ? '' : new Date(at).toISOString());

const rowOf = ({ lease, request, kind, entry, endsAt, ledgerEndsAt, goneAt }: PlanLine) => {
  const { provider, targetKey, subject, level } = entry as Entry;
  return {
    lease,
    request: shortOf(request),
    account: subject.name,
    access: `${level} at ${provider} ${targetKey}`,
    ends: time(endsAt),
    ledgerEnds: time(ledgerEndsAt),
    what: goneAt === undefined ? HAPPENS[kind] : `its access is gone since ${time(goneAt)}`,
  };
};

const COLUMNS = {
  request: 'REQUEST',
  account: 'ACCOUNT',
  access: 'ACCESS',
  ends: 'ENDS (MANIFEST)',
  ledgerEnds: 'ENDS (LEDGER)',
  what: 'WHAT HAPPENS',
} as const;

/** `curfew quarantine` */
export const showQuarantine = (options: OutputOptions): Promise<void> =>
  withLedger(async ({ ledger }) => {
    const quarantine = await ledger.readQuarantine();
    const format = formatOf(options);
    if (quarantine && format === 'table') introduce(quarantine);
    print((quarantine?.plan ?? []).map(rowOf), format, COLUMNS, quarantine ? NO_LEASE : NONE);
  });

/** `curfew quarantine end` */
export const runEndQuarantine = ({ as, digest }: EndQuarantineOptions): Promise<void> =>
  withContext(async (context) => {
    const { ledger } = context.deps;
    const quarantine = await ledger.readQuarantine();
    if (!quarantine) return writeLine(NONE);
    const caller = await whoActs(context, as);
    const planned = planDigest(quarantine.plan);
    if (digest === undefined) await showAndAsk(quarantine, planned);
    else if (digest !== planned)
      throw new CommandError('failed', 'The plan is another one now. "curfew quarantine end" shows it.');
    const { account, person } = caller;
    const id = `answer_${randomUUID()}`;
    await ledger.writeQuarantineAnswer({
      id,
      quarantine: quarantine.id,
      account,
      person,
      planDigest: planned,
    });
    const { refusal } = await waitFor('the sweeper to end the quarantine', () =>
      ledger.quarantineAnswerOutcome(id),
    );
    if (refusal !== undefined) throw new CommandError('notAllowed', `The quarantine goes on: ${refusal}.`);
    writeLine('The quarantine is over. Access can be granted again.');
  });

function introduce({ reason, startedAt }: Quarantine): void {
  writeLine(`The ledger is in quarantine since ${time(startedAt)}: ${reason}.`);
  writeLine('Nothing is granted or extended. Access ends on time.');
  writeLine('');
}

/** Shows the plan, and asks. Where nobody can answer, the person comes back with the digest of what they have read. */
async function showAndAsk(quarantine: Quarantine, digest: string): Promise<void> {
  introduce(quarantine);
  print(quarantine.plan.map(rowOf), 'table', COLUMNS, NO_LEASE);
  writeLine('');
  if (!isInteractive())
    throw new CommandError(
      'usage',
      `The quarantine goes on, because nobody can answer here.\n  to do: read the lines above, then end it for exactly this plan:\n    curfew quarantine end --digest ${digest}`,
    );
  const answer = await ask('End the quarantine with this plan? Type "end": ');
  if (answer !== 'end') throw new CommandError('failed', 'The quarantine goes on.');
}
