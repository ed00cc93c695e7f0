import { Fault } from '../core/faults.ts';
import { readServerState, type ServerState } from '../ledger/index.ts';
import type { Finding } from './findings.ts';

const MUCH = 0.8;

/** What any login of the ledger's server can use up there, and who does. */
export async function examineServer(url: string): Promise<readonly Finding[]> {
  try {
    return findingsOfServer(await readServerState(url));
  } catch (error) {
    // Otherwise the ledger does not answer, which is a finding of its own.
    return isWithoutConnection(error) ? [finding('broken', NO_CONNECTION)] : [];
  }
}

/** The server says so to a login for which it keeps no connection. */
const isWithoutConnection = (error: unknown): boolean =>
  error instanceof Fault && (error.cause as { code?: string } | undefined)?.code === '53300';

export function findingsOfServer(state: ServerState): readonly Finding[] {
  const { connections, notify, writeFailure, allowsLargeObjects } = state;
  const { used, most, byLogin } = connections;
  const held = notify.heldBy.length > 0 ? ` The login ${notify.heldBy.join(', ')} holds its lock.` : '';
  return [
    ...(writeFailure === undefined
      ? []
      : [finding('broken', `The database stores nothing new: ${writeFailure}. ${ENDS_GO_ON}`)]),
    ...(used < most * MUCH
      ? []
      : [
          finding(
            'warning',
            `${used} of ${most} connections of the server are used, most of them by ${byLogin.join(', ')}. Without a free one nothing is recorded. Give those logins a connection limit.`,
          ),
        ]),
    ...(allowsLargeObjects ? [finding('warning', LARGE_OBJECTS)] : []),
    ...(notify.failure === undefined
      ? notify.usage < MUCH
        ? []
        : [
            finding(
              'note',
              `The queue of NOTIFY of the server is ${Math.round(notify.usage * 100)} % full. ${SLOWER}`,
            ),
          ]
      : [finding('warning', `NOTIFY fails on the server: ${notify.failure}.${held} ${SLOWER}`)]),
  ];
}

const NO_CONNECTION =
  'All connections of the server are used. Nothing is recorded, and nothing is granted. Access still ends: by its provider, by its workflow, or by the reaper. As an administrator of the server, read "select usename, count(*) from pg_stat_activity group by usename", end the sessions of the login that has most, and give it a connection limit.';
const LARGE_OBJECTS =
  'Each role of Curfew can fill the disk with large objects. A superuser must run this once in the database of the ledger: "revoke execute on function lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea) from public".';
const ENDS_GO_ON =
  'Nothing is granted. Access still ends: by its provider, by its workflow, or by the reaper.';
const SLOWER =
  'Everything is recorded, and clicks are decided some seconds later. End the session that keeps it from moving on.';

const finding = (state: Finding['state'], what: string): Finding => ({ part: 'ledger', state, what });
