import { messageOf } from '../core/faults.ts';
import type { Ledger, NumberedRow } from '../ledger/index.ts';
import type { Place } from './places/place.ts';
import { type PlacePublisher, publishAt } from './publisher.ts';
import { TREE_RULES } from './tree/rules.ts';
import { type LogKeys, signedUpdate } from './update.ts';

export type SequencerLog = LogKeys & Readonly<{ places: readonly Place[] }>;

type Report = Readonly<Record<'info' | 'warn' | 'error', (details: object, message: string) => void>>;

type Options = Readonly<{ report: Report; everyMs?: number }>;

/** How many rows one transaction adds to the log. */
const MOST_ROWS = 2_000;
const EVERY_MS = 2_000;

/** Somebody waits for the checkpoint that covers one of these events. */
const URGENT: ReadonlySet<unknown> = new Set([
  'approved',
  'grant-started',
  'extension-approved',
  'extension-started',
]);

/**
 * Adds what is committed to the log, signs a checkpoint every `everyMs` milliseconds while there is something new, and at once after an
 * approval, and publishes it in every place. Several processes may run it. It signs nothing before it has read at least one place, and
 * nothing while the ledger is in quarantine.
 */
export function runSequencer(
  ledger: Ledger,
  log: SequencerLog,
  { report, everyMs = EVERY_MS }: Options,
): { stop(): Promise<void> } {
  const publishers = log.places.map((place) => publishAt(place, { ledger, keys: log, report }));
  let signedSize = 0;
  let signedAt = -Infinity;

  const signed = async (isUrgent: boolean): Promise<void> => {
    const { size, published } = await ledger.logProgress();
    if (size < Math.max(published, signedSize))
      return ledger.quarantineForLog(
        `the log here has ${size} entries, and ${Math.max(published, signedSize)} were signed. Somebody changed the ledger`,
      );
    const isDue = isUrgent || performance.now() - signedAt >= everyMs;
    if (size <= signedSize || !isDue || !publishers.some((each) => each.isRead())) return;
    const update = await signedUpdate(ledger, log, size);
    [signedSize, signedAt] = [size, performance.now()];
    for (const publisher of publishers) publisher.publish(update);
  };
  const look = async (): Promise<number> => {
    await Promise.all(publishers.map((publisher) => publisher.readOnce()));
    if (await ledger.isQuarantined()) return 0;
    const rows = await sequenceAll(ledger, log.name);
    await signed(rows.some(isUrgentRow));
    return 0;
  };
  const onError = (error: unknown): void =>
    report.error({ error: messageOf(error) }, 'the log does not grow');
  const watching = ledger.watch('curfew_outbox', look, onError);
  return {
    async stop() {
      await watching.stop();
      await Promise.all(publishers.map((publisher: PlacePublisher) => publisher.stop()));
    },
  };
}

const isUrgentRow = ({ type, body }: NumberedRow): boolean =>
  type === 'event' && URGENT.has((body as Readonly<{ kind?: unknown }>).kind);

/** Adds everything that is committed. Returns the rows. Another process may be adding them just now. */
async function sequenceAll(ledger: Ledger, name: string): Promise<readonly NumberedRow[]> {
  const all: NumberedRow[] = [];
  for (;;) {
    const pass = await ledger.sequence({ name, most: MOST_ROWS, rules: TREE_RULES });
    if (!pass || pass.rows.length === 0) return all;
    all.push(...pass.rows);
  }
}
