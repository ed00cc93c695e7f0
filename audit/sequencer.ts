import { messageOf } from '../core/faults.ts';
import type { DutyLedgers, NumberedRow } from '../ledger/index.ts';
import type { Report } from './compare-with-log.ts';
import { missedRows } from './missed-rows.ts';
import type { Place } from './places/place.ts';
import { publishersAt } from './publishers.ts';
import { signing } from './signing.ts';
import { TREE_RULES } from './tree/rules.ts';
import type { LogKeys } from './update.ts';

export type SequencerLog = LogKeys & Readonly<{ places: readonly Place[] }>;

type Options = Readonly<{ report: Report; everyMs?: number }>;

/** How many rows one transaction adds to the log. */
const MOST_ROWS = 2_000;
/** After so many entries a checkpoint is signed, so that a place can begin with a large backlog. */
const MOST_UNSIGNED = 20_000;
const EVERY_MS = 2_000;
/** A place that does not show this log is read again after so many times `everyMs`. */
const READ_AGAIN = 15;

/** Somebody waits for the checkpoint that covers one of these events. */
const URGENT: ReadonlySet<unknown> = new Set([
  'approved',
  'grant-started',
  'extension-approved',
  'extension-started',
]);

/**
 * Adds what is committed to the log, signs a checkpoint every `everyMs` milliseconds while there is something new, and at once after an
 * approval, and publishes it in every place. Several processes may run it. It signs nothing before it knows that the log is the one that was
 * published, and nothing while the ledger is in quarantine.
 */
export function runSequencer(
  ledger: DutyLedgers['sequencer'],
  log: SequencerLog,
  { report, everyMs = EVERY_MS }: Options,
): { stop(): Promise<void> } {
  const deps = { ledger, keys: log, report };
  const publishers = publishersAt(log.places, deps, everyMs * READ_AGAIN);
  const signer = signing(deps, publishers, everyMs);
  const compare = missedRows(ledger);

  let hasForgottenProblems = false;
  const look = async (): Promise<number> => {
    if (!hasForgottenProblems) await ledger.forgetProblemsExcept(log.places.map(({ name }) => name));
    hasForgottenProblems = true;
    if (await ledger.isQuarantined()) return 0;
    if (!(await signer.mayBegin())) return 0;
    const missed = await compare();
    if (missed > 0) report.error({ rows: missed }, 'rows were not in the log, and are added now');
    let isUrgent = false;
    for (let unsigned = 0; ;) {
      const pass = await ledger.sequence({ name: log.name, most: MOST_ROWS, rules: TREE_RULES });
      if (!pass || pass.rows.length === 0) break;
      isUrgent ||= pass.rows.some(isUrgentRow);
      unsigned += pass.rows.length;
      if (unsigned < MOST_UNSIGNED) continue;
      await signer.sign(true);
      unsigned = 0;
    }
    await signer.sign(isUrgent);
    return 0;
  };
  const onError = (error: unknown): void =>
    report.error({ error: messageOf(error) }, 'the log does not grow');
  const watching = ledger.watch('curfew_outbox', look, onError);
  return {
    async stop() {
      await watching.stop();
      await Promise.all(publishers.map((publisher) => publisher.stop()));
    },
  };
}

const isUrgentRow = ({ type, body }: NumberedRow): boolean =>
  type === 'event' && URGENT.has((body as Readonly<{ kind?: unknown }>).kind);
