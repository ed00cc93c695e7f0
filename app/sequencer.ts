import { examination } from '../audit/examination.ts';
import { runSequencer } from '../audit/sequencer.ts';
import { messageOf } from '../core/faults.ts';
import { repeat } from '../upkeep/repeat.ts';
import { type LogConnection, USUAL_EXAMINATION_DAYS } from './log-connection.ts';
import { signersOf, trustedKeys } from './log-keys.ts';
import { openLogPlaces, type SlackOfLog } from './log-places.ts';
import type { Logger } from './log.ts';
import type { Running } from './supervise.ts';
import type { ProcessDeps } from './wiring.ts';

/** `examineDays`: in how many days the whole log is examined. */
type SequencerOptions = Readonly<{ home: string; slack?: SlackOfLog | undefined; examineDays?: number }>;

/** How often it looks whether a step of the examination is due. */
const LOOK_SECONDS = 2;

/** Puts what is recorded into the audit log, publishes it, and examines it in the background. It uses the ledger and the places only. */
export async function startSequencer(
  { ledgers }: Pick<ProcessDeps, 'ledgers'>,
  log: Logger,
  connection: LogConnection,
  { examineDays: days = USUAL_EXAMINATION_DAYS, ...options }: SequencerOptions,
): Promise<Running> {
  const { name } = connection;
  const trusted = trustedKeys(connection);
  log.info({ log: name, publicKeys: trusted.map(({ text }) => text) }, 'the audit log');
  const places = await openLogPlaces(connection, options);
  const signers = signersOf(connection);
  const ledger = ledgers.as('sequencer');
  const sequencer = runSequencer(ledger, { name, signers, trusted, places }, { report: log });
  const examining = repeat(examination(ledger, { name, trusted }, { report: log, days }), {
    everySeconds: LOOK_SECONDS,
    onError: (error) =>
      log.error({ error: messageOf(error) }, 'the log is not examined; tried again in a minute'),
  });
  return { stop: async () => void (await Promise.all([sequencer.stop(), examining.stop()])) };
}
