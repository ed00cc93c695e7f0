import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { openLedgers } from '../../app/ledgers.ts';
import type { Logger } from '../../app/log.ts';
import { startSequencer } from '../../app/sequencer.ts';
import { openedIn } from '../ledger/ledger.fixture.ts';
import { database, ledger, rows } from '../ledger/own-ledger.fixture.ts';
import { until } from '../until.fixture.ts';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const KEY = randomBytes(32).toString('base64url');
/** One log for all tests of the file. */
const folder = mkdtemp(join(tmpdir(), 'curfew-sequencer-'));

/** Starts the part, and returns what it logs as errors. */
async function started(examineDays: number): Promise<readonly string[]> {
  const said: string[] = [];
  const log = {
    info: () => undefined,
    warn: () => undefined,
    error: (_details: object, message: string) => void said.push(message),
  } as unknown as Logger;
  const home = await folder;
  const connection = { name: 'curfew.example.com/log', publicKeys: [], keys: [KEY], places: `file:${home}` };
  const ledgers = openLedgers(database.url);
  ends.push(() => ledgers.close());
  const running = await startSequencer({ ledgers }, log, connection, { home, examineDays });
  ends.push(() => running.stop());
  return said;
}

const untilPublished = () =>
  until('everything is published', async () => {
    const { size, published } = await ledger.logProgress();
    const [recorded] = await rows<{ count: number }>('select count(*)::integer as count from log_row');
    return size === recorded?.count && published === size;
  });
const due = () => rows('update log_examination set due_at = ledger_now()');

test('the sequencer examines the log that it publishes, at the pace of the setting', async () => {
  await openedIn(ledger);
  await started(3);
  await untilPublished();
  await due();
  await until('the log was examined', async () => (await ledger.lastExamination()).endedAt !== undefined);
  expect(await ledger.lastExamination()).toMatchObject({ days: 3, found: 0 });
});

test('an examination that fails is logged, and the log is published all the same', async () => {
  await rows('alter function leases_with_access(text, integer) rename to another');
  ends.push(() => rows('alter function another(text, integer) rename to leases_with_access'));
  await due();
  const said = await started(3);
  await until('the failure is logged', () =>
    said.includes('the log is not examined; tried again in a minute'),
  );
  await openedIn(ledger);
  await untilPublished();
});

test('an examination that finds a difference is logged, and begins a quarantine', async () => {
  await rows('alter table event disable trigger append_only');
  await rows(`update event set via = 'cli' where seq = 0`);
  await due();
  const said = await started(3);
  await until('there is a quarantine', () => ledger.isQuarantined());
  expect(said).toEqual(['what is recorded is not what was signed']);
  await rm(await folder, { recursive: true, force: true });
});
