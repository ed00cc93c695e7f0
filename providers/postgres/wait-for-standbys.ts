import { Fault } from '../../core/faults.ts';
import type { Db } from './connection.ts';
import { sqlState } from './faults.ts';

// The setting holds for the transaction of this statement. A message for logical replication changes nothing that anybody reads,
// takes no lock, and everybody may write one (https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-REPLICATION).
const WAIT = `
  select set_config('synchronous_commit', 'on', true), pg_logical_emit_message(true, 'curfew', 'receipt')`;
/**
 * Who cancels the wait does not cancel the commit: Postgres commits, and only warns that the standby may not have it
 * (https://www.postgresql.org/docs/current/warm-standby.html#SYNCHRONOUS-REPLICATION-HA). It sends no other warning here, and the
 * words depend on the language of the server.
 */
const WARNING = '01000';
const REFUSED = ['42501', '42883'];

/**
 * Waits until each synchronous standby has all that was committed before. So a failover to it brings back nothing that a
 * receipt says is gone. Without synchronous standbys, it waits for the disk of the primary.
 *
 * @returns undefined, or a sentence when the server refuses this
 */
export async function waitForStandbys(db: Db): Promise<string | undefined> {
  let warned = false;
  const listen = ({ code }: Readonly<{ code?: string | undefined }>) => void (warned ||= code === WARNING);
  db.on('notice', listen);
  try {
    await db.query(WAIT);
  } catch (error) {
    if (!REFUSED.includes(sqlState(error) ?? '')) throw error;
    return 'It is not known whether synchronous standbys have this, because the server refuses pg_logical_emit_message().';
  } finally {
    db.off('notice', listen);
  }
  if (warned)
    throw new Fault(
      'not-verified',
      'postgres: somebody cancelled the wait for a synchronous standby, so a failover to it could bring the login back',
    );
  return undefined;
}
