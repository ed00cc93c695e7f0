import { runSequencer } from '../audit/sequencer.ts';
import type { LogConnection } from './log-connection.ts';
import { signersOf, trustedKeys } from './log-keys.ts';
import { openLogPlaces, type SlackOfLog } from './log-places.ts';
import type { Logger } from './log.ts';
import type { Running } from './supervise.ts';
import type { Wired } from './wiring.ts';

type SequencerOptions = Readonly<{ home: string; slack?: SlackOfLog | undefined }>;

/** Puts what is recorded into the audit log and publishes it. It uses the ledger and the places only. */
export async function startSequencer(
  { ledgers }: Pick<Wired, 'ledgers'>,
  log: Logger,
  connection: LogConnection,
  options: SequencerOptions,
): Promise<Running> {
  const { name } = connection;
  const trusted = trustedKeys(connection);
  log.info({ log: name, publicKeys: trusted.map(({ text }) => text) }, 'the audit log');
  const places = await openLogPlaces(connection, options);
  const signers = signersOf(connection);
  return runSequencer(ledgers.as('sequencer'), { name, signers, trusted, places }, { report: log });
}
