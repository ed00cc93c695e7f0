import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { upCommand } from '../../cli/commands/up.ts';
import type { Minutes, RequestId } from '../../core/ids.ts';
import { stateAfter } from '../../core/request/evolve.ts';
import { openedIn, rowsOf } from '../ledger/ledger.fixture.ts';
import { until } from '../until.fixture.ts';
import { type Folder, openFolder, runCommand, withEnvironment } from './cli.fixture.ts';
import { removeSignalListeners } from './signals.fixture.ts';

let folder: Folder;
beforeAll(async () => void (folder = await openFolder()));
afterAll(() => folder?.stop());
beforeEach(removeSignalListeners);
afterEach(removeSignalListeners);

/** Runs these roles during the work, and then sends a signal. */
async function whileUp(roles: readonly string[], work: () => Promise<unknown>) {
  const env = {
    CURFEW_HOME: folder.home,
    DATABASE_URL: folder.appUrl,
    CURFEW_CONFIG: folder.config,
    CURFEW_SECRET_KEY: Buffer.alloc(32).toString('base64'),
    CURFEW_LOG_LEVEL: 'silent',
    // An imitation of Slack, so that the people of the example are accepted.
    ...{ SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1', SLACK_CHANNEL: 'C0123456789' },
    SLACK_API_URL: 'http://127.0.0.1:1/api/',
  };
  const args = roles.flatMap((role) => ['--role', role]);
  const ended = withEnvironment(env, () => runCommand(upCommand(), args));
  await until('it waits for a signal', () => process.listenerCount('SIGTERM') > 0);
  await work();
  process.emit('SIGTERM');
  return ended;
}
const stateOf = async (id: RequestId) =>
  stateAfter((await folder.ledger.readTrail(id)).map(({ event }) => event));
const isClosed = (id: RequestId) =>
  until(`${id} is closed`, async () => {
    const state = await stateOf(id);
    return state.kind === 'closed' ? state.ending : undefined;
  });
/** A pending request whose time is over. */
const overdue = () => openedIn(folder.ledger, { waitMinutes: -1 as Minutes });
const STOPPED = { code: 0, out: '', err: '' };

describe('curfew up --role sweeper, without Slack and Temporal', () => {
  test('closes what is overdue, and ends with the exit code 0 after a signal', async () => {
    const id = await overdue();
    expect(
      await whileUp(['sweeper'], async () => expect(await isClosed(id)).toEqual({ kind: 'lapsed' })),
    ).toEqual(STOPPED);
  });

  test('after the signal no connection to the ledger is left open', async () => {
    // The ledger of the tests has another login, and its pool opens and closes sessions as it likes.
    const sessions = async () =>
      (
        await rowsOf(
          folder.url,
          `select from pg_stat_activity where usename = '${new URL(folder.appUrl).username}'
             and application_name like 'curfew%' and datname = current_database()`,
        )
      ).length;
    await whileUp(['sweeper'], async () => {
      await isClosed(await overdue());
      expect(await sessions()).toBeGreaterThan(0);
    });
    await until('they are closed', async () => (await sessions()) === 0, 5_000);
  });
});
