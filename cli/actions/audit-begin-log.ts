import { userInfo } from 'node:os';
import { isKeyName } from '../../audit/note/vkey.ts';
import { CommandError } from '../terminal/exit.ts';
import { writeLine } from '../terminal/output.ts';
import { ownerConnection } from '../terminal/context.ts';

/** `curfew audit begin-log` */
export async function runBeginLog(name: string): Promise<void> {
  if (!isKeyName(name))
    throw new CommandError(
      'usage',
      'The name has no spaces and no plus signs, such as curfew.example.com/log-2.',
    );
  const { migrationUrl } = ownerConnection();
  const { beginLog } = await import('../../ledger/log/begin-log.ts');
  const problem = await beginLog(migrationUrl, { name, by: userInfo().username });
  if (problem !== undefined) throw new CommandError('failed', `The log was not begun: ${problem}.`);
  writeLine(
    `The log ${name} was begun. Set CURFEW_LOG_NAME to it and CURFEW_LOG_PLACES to empty places, and start the sequencer.`,
  );
}
