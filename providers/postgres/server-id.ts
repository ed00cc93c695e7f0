import type { Db } from './connection.ts';
import { sqlState } from './faults.ts';

/**
 * The number that a server got when it was created (decimal, up to 20 digits). A replica has that of its primary, also after it
 * was promoted (https://www.postgresql.org/docs/current/functions-info.html, pg_control_system). Undefined where the server
 * refuses to say it.
 */
export async function serverId(db: Db): Promise<string | undefined> {
  try {
    const { rows } = await db.query<{ id: string }>(
      'select system_identifier::text as id from pg_control_system()',
    );
    return rows[0]?.id;
  } catch (error) {
    if (sqlState(error) === undefined) throw error;
    return undefined; // the server answers, and refuses the function
  }
}
