import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { openCheckpoint } from '../../audit/note/open.ts';
import { filePlace } from '../../audit/places/file-place.ts';
import { folderStore } from '../../audit/places/folder.ts';
import { witness } from '../../audit/places/witness.ts';
import { logAccess } from '../../audit/published-approval.ts';
import { runSequencer } from '../../audit/sequencer.ts';
import type { RequestId } from '../../core/ids.ts';
import { grantLease } from '../../requests/grant-lease.ts';
import { revokeLease } from '../../requests/revoke-lease.ts';
import { rowsOf } from '../ledger/ledger.fixture.ts';
import { ana, endedAll, lifted } from '../requests/mass-ending.fixture.ts';
import { firstLease, type RequestsFixture, startRequestsFixture } from '../requests/requests.fixture.ts';
import {
  answered,
  approvedWithoutWorkflow,
  attempt,
  openedWithoutWorkflow,
} from '../requests/steps.fixture.ts';
import { until } from '../until.fixture.ts';
import { LOG_NAME, trusted, updateOf } from './log.fixture.ts';
import { Witness, witnessKey, WitnessServer } from './places/witness.fixture.ts';
import { LOG_KEYS } from './published.fixture.ts';

const server = new WitnessServer();
let fixture: RequestsFixture;
let folder: string;
beforeAll(async () => {
  await server.listen();
  folder = await mkdtemp(join(tmpdir(), 'curfew-log-'));
  fixture = await startRequestsFixture();
});
afterAll(async () => {
  server.close();
  await fixture?.stop();
  await rm(folder, { recursive: true, force: true, maxRetries: 10 });
});

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  await rowsOf(
    fixture.url,
    `update quarantine set ended_at = now(), ended_by = 'dee', plan_digest = 'd' where ended_at is null`,
  );
});

/** A sequencer with a folder and three witnesses, of which the second one can be told to refuse. */
function sequencing(): void {
  const witnesses = ['first', 'second', 'third'].map((prefix) =>
    witness({ url: server.url(prefix), key: witnessKey, origin: LOG_NAME }),
  );
  const places = [filePlace(folderStore(folder)), ...witnesses];
  const running = runSequencer(fixture.ledger, { ...LOG_KEYS, places }, { report: quiet, everyMs: 20 });
  stops.push(() => running.stop());
}
for (const prefix of ['first', 'second', 'third']) server.witnesses.set(prefix, new Witness());

/** Looks for the published approval once, without waiting for it. */
const verifying: ReturnType<typeof logAccess> = {
  ...logAccess(trusted),
  publishedEvents: (ledger, events, options) =>
    logAccess(trusted).publishedEvents(ledger, events, { ...options, waitMs: 0 }),
};
const grant = (request: RequestId) =>
  grantLease({ ...fixture.deps, log: verifying }, { lease: firstLease(request), ...attempt });
const granted = (request: RequestId) => until('it is granted', async () => (await grant(request), true));
const approved = (entitlement: string) => approvedWithoutWorkflow(fixture, { entitlement });
const kindOf = async (request: RequestId) => (await fixture.state(request)).kind;
const sizeInFolder = async (): Promise<number> => {
  const opened = openCheckpoint(await readFile(join(folder, 'checkpoint'), 'utf8'), trusted);
  return opened.ok ? opened.value.size : 0;
};
const untilInFolder = async (): Promise<void> => {
  const [counted] = await rowsOf<{ count: number }>(fixture.url, 'select count(*) from log_row');
  const count = counted?.count ?? 0;
  await until('the folder has everything', async () => (await sizeInFolder()) >= count);
};
const problemOf = async (prefix: string): Promise<string | null> =>
  (await fixture.ledger.logPlaces()).find(({ name }) => name.includes(server.url(prefix).href))?.problem ??
  null;

/** Two leases that were granted while every witness cosigned. */
async function twoGranted(): Promise<readonly [RequestId, RequestId]> {
  const requests = [await approved('thing'), await approved('other')] as const;
  for (const request of requests) await granted(request);
  return requests;
}

/** One of them is ended by its person, and everything of the person by somebody else. */
async function endBoth([one, other]: readonly [RequestId, RequestId]): Promise<void> {
  await answered(fixture, one, { kind: 'end', by: 'ana' });
  await revokeLease(fixture.deps, { lease: firstLease(one), via: 'workflow', ...attempt });
  const { outcome, massEnding } = await endedAll(fixture, ana);
  expect(outcome.ok).toBe(true);
  await revokeLease(fixture.deps, { lease: firstLease(other), via: 'workflow', ...attempt });
  expect([fixture.levelOf('thing'), fixture.levelOf('other')]).toEqual(['none', 'none']);
  for (const by of ['dee', 'eli']) await lifted(fixture, massEnding, by);
}

const size = (text: string) => ({ status: 409, text, headers: { 'content-type': 'text/x.tlog.size' } });
const known = (): number => server.witnesses.get('second')?.kept?.checkpoint.size ?? 0;
type Answer = Parameters<WitnessServer['submissions']['set']>[1];

describe('while one of three witnesses refuses, nothing is granted, and what must end ends (I21, I1)', () => {
  test.each<[string, () => Answer, RegExp]>([
    [
      'has another log of the same size (409)',
      () => size(`${known()}\n`),
      /another log of this name \(409\)/,
    ],
    ['says that the proof is wrong (422)', () => ({ status: 422 }), /another log of this name \(422\)/],
    ['does not know the log (404)', () => ({ status: 404 }), /does not know a log named/],
    ['does not know the key (403)', () => ({ status: 403 }), /does not know the key/],
    ['does not understand the checkpoint (400)', () => ({ status: 400 }), /does not understand/],
    ['says that it has more than the ledger', () => size('999999\n'), /has 999999 entries/],
    ['has an outage (503)', () => ({ status: 503 }), /answers with the status 503/],
  ])('it %s', async (_how, answer, problem) => {
    server.submissions.delete('second');
    sequencing();
    const live = await twoGranted();
    server.submissions.set('second', answer());
    await endBoth(live);
    const request = await approved('thing');
    await untilInFolder();
    await until('the problem is named', async () => problem.test((await problemOf('second')) ?? ''));
    await expect(grant(request)).rejects.toMatchObject({ code: 'log-behind' });
    expect(await problemOf('second')).toMatch(/Nothing is granted before the witness cosigns\./);
    expect([await problemOf('first'), await problemOf('third')]).toEqual([null, null]);
    expect([await kindOf(request), await fixture.ledger.isQuarantined()]).toEqual(['granting', false]);
    await answered(fixture, request, { kind: 'end', by: 'ana' });
    await revokeLease(fixture.deps, { lease: firstLease(request), via: 'workflow', ...attempt });
  });
});

describe('a witness that shows a checkpoint that the key of the log signed, of another log, puts the ledger into quarantine (I21, T25)', () => {
  test.each<[string, () => Answer]>([
    ['with 409 for the same size', () => size(`${known()}\n`)],
    ['with 422', () => ({ status: 422 })],
    ['with a larger size', () => size('999999\n')],
  ])('and everything of a person still ends: %s', async (_how, answer) => {
    server.submissions.delete('second');
    sequencing();
    const live = await twoGranted();
    const request = await approved('login');
    const second = server.witnesses.get('second');
    const before = second?.shows;
    if (second) second.shows = updateOf(7, { history: 'other' }).note;
    server.submissions.set('second', answer());
    await openedWithoutWorkflow(fixture, { entitlement: 'look' });
    await until('the ledger is in quarantine', () => fixture.ledger.isQuarantined());
    expect((await fixture.ledger.readQuarantine())?.reason).toMatch(
      /^the witness witness\.example\/w1 at \S+ has another log than the ledger, signed with the same key/,
    );
    await expect(grant(request)).rejects.toMatchObject({ code: 'quarantine' });
    await endBoth(live);
    if (second) second.shows = before;
    server.submissions.delete('second');
  });
});
