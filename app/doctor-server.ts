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
    const code = error instanceof Fault ? (error.cause as { code?: string } | undefined)?.code : undefined;
    const usedUp = code === undefined ? undefined : USED_UP[code];
    return usedUp === undefined ? [] : [finding('broken', usedUp)];
  }
}

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

const NOTHING_RECORDED =
  'Nothing is recorded, and nothing is granted. Access still ends: by its provider, by its workflow, or by the reaper.';
/** Why the server refuses a session, by its error code (Postgres, Appendix A). */
const USED_UP: Readonly<Record<string, string>> = {
  '53300': `All connections of the server are used. ${NOTHING_RECORDED} As an administrator of the server, read "select usename, count(*) from pg_stat_activity group by usename", end the sessions of the login that has most, and give it a connection limit.`,
  '53200': `The server has no memory left, for one more lock or for a session. ${NOTHING_RECORDED} Without a free lock nobody can begin a session: restart the server. Then read "select usename, count(*) from pg_locks join pg_stat_activity using (pid) group by usename", and raise max_locks_per_transaction.`,
};
const LARGE_OBJECTS =
  'Each role of Curfew can fill the disk with large objects. A superuser must run this once in the database of the ledger: "revoke execute on function lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea) from public".';
const ENDS_GO_ON =
  'Nothing is granted. Access still ends: by its provider, by its workflow, or by the reaper.';
const SLOWER =
  'Everything is recorded, and clicks are decided some seconds later. End the session that holds the lock or keeps the queue full.';

const finding = (state: Finding['state'], what: string): Finding => ({ part: 'ledger', state, what });
