import type pg from 'pg';

/**
 * A pool with one connection, on which the named statements fail; `connect` names the opening of the connection.
 * `steps` has what was done with the connection, in order, and whether it was kept or closed at the end.
 */
export function poolWith(failures: Readonly<Record<string, Error>> = {}) {
  const steps: string[] = [];
  const client = {
    query(sql: string, values: readonly string[] = []) {
      steps.push([sql, ...values].join(' '));
      const failure = failures[sql];
      return failure ? Promise.reject(failure) : Promise.resolve({ rows: [] });
    },
    release: (isBroken = false) => void steps.push(isBroken ? 'close' : 'keep'),
  };
  const refused = failures['connect'];
  const connect = () => (refused ? Promise.reject(refused) : Promise.resolve(client));
  return { steps, pool: { connect } as unknown as pg.Pool };
}

/** An error as Postgres or the network reports it. */
export const withCode = (code: string, message = `error ${code}`) =>
  Object.assign(new Error(message), { code });
