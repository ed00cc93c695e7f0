import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { openCheckpoint } from '../../audit/note/open.ts';
import { verifierKey } from '../../audit/note/vkey.ts';
import { filePlace } from '../../audit/places/file-place.ts';
import { folderStore } from '../../audit/places/folder.ts';
import type { Place } from '../../audit/places/place.ts';
import { logAccess } from '../../audit/published-approval.ts';
import { runSequencer, type SequencerLog } from '../../audit/sequencer.ts';
import type { RequestId } from '../../core/ids.ts';
import { approve, approvedIn, openedIn } from '../ledger/ledger.fixture.ts';
import { database, ledger, rows } from '../ledger/own-ledger.fixture.ts';
import { backUp } from '../ledger/restore.fixture.ts';
import { until } from '../until.fixture.ts';
import { keyOf, LOG_NAME, trusted } from './log.fixture.ts';
import { LOG_KEYS, publishAll } from './published.fixture.ts';

/** The errors that sequencers reported. */
const said: string[] = [];
const REPORT = {
  info: () => undefined,
  warn: () => undefined,
  error: (_details: object, message: string) => void said.push(message),
};
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'curfew-log-'));
  ends.push(() => rm(made, { recursive: true, force: true, maxRetries: 10 }));
  return made;
}

const placeIn = (path: string): Place => filePlace(folderStore(path));

/** Runs a sequencer until the end of the test, or until the returned function is called. */
function sequencing(
  places: readonly Place[],
  more: Partial<SequencerLog> = {},
  everyMs = 20,
): () => Promise<void> {
  const running = runSequencer(ledger, { ...LOG_KEYS, places, ...more }, { report: REPORT, everyMs });
  ends.push(() => running.stop());
  return () => running.stop();
}

/** The checkpoint that a folder has; undefined when it has none that the key signed. */
async function checkpointIn(path: string) {
  const note = await readFile(join(path, 'checkpoint'), 'utf8').catch(() => '');
  const opened = openCheckpoint(note, trusted);
  return opened.ok ? opened.value : undefined;
}

/** How many entries the log has when everything is in it. */
const sizeOf = async (): Promise<number> =>
  (await rows<{ count: number }>('select count(*) from log_row'))[0]?.count ?? 0;
const publishedIn = (path: string, size: number) =>
  until('the checkpoint is in the folder', async () => ((await checkpointIn(path))?.size ?? 0) >= size);

const published = (request: RequestId) =>
  logAccess(trusted).publishedEvents(
    ledger,
    { request, until: 'grant-started' },
    { waitMs: 0, signal: new AbortController().signal },
  );

/** Publishes everything in a folder, which has a state of the log from then on. */
async function begunIn(path: string): Promise<void> {
  await openedIn(ledger);
  const stop = sequencing([placeIn(path)]);
  await publishedIn(path, await sizeOf());
  await stop();
}
const untilPublished = (request: RequestId) =>
  until('the approval is published', async () => (await published(request), true));
const problemAt = (path: string) =>
  until('the problem of the place is named', async () =>
    (await ledger.logPlaces()).some(({ name, problem }) => name === `folder ${path}` && problem !== null),
  );

test('what is recorded is published in every place, and the newest checkpoint covers it (I21)', async () => {
  const [one, two] = [await folder(), await folder()];
  sequencing([placeIn(one), placeIn(two)]);
  const request = await approvedIn(ledger);
  await untilPublished(request);
  await publishedIn(one, await sizeOf());
  await publishedIn(two, await sizeOf());
  expect(await checkpointIn(one)).toEqual(await checkpointIn(two));
  expect(await readdir(one)).toEqual(['checkpoint', 'checkpoints', 'tile']);
});

test('a place that is down delays no other one, is named, and catches up (F36)', async () => {
  const [one, two] = [await folder(), await folder()];
  await begunIn(one);
  await rm(two, { recursive: true });
  sequencing([placeIn(one), placeIn(two)]);
  await openedIn(ledger);
  await publishedIn(one, await sizeOf());
  await problemAt(two);
  await mkdir(two);
  await publishedIn(two, await sizeOf());
  await until('its problem is over', async () =>
    (await ledger.logPlaces()).some(({ name, problem }) => name === `folder ${two}` && problem === null),
  );
});

test('the problem of a place is over once a sequencer does not publish there any more, and the one of another place stays', async () => {
  const [kept, gone, left] = [await folder(), await folder(), await folder()];
  await begunIn(kept);
  for (const each of [gone, left]) await rm(each, { recursive: true });
  const stop = sequencing([placeIn(kept), placeIn(gone), placeIn(left)]);
  await problemAt(gone);
  await problemAt(left);
  await stop();
  sequencing([placeIn(kept), placeIn(gone)]);
  await until('its problem is over', async () =>
    (await ledger.logPlaces()).some(({ name, problem }) => name === `folder ${left}` && problem === null),
  );
  await problemAt(gone);
});

test('problems of places that are not used any more are over also when the ledger fails at the first look, and once', async () => {
  const one = await folder();
  await begunIn(one);
  const asked: (readonly string[])[] = [];
  const forgetProblemsExcept: typeof ledger.forgetProblemsExcept = (names) => {
    asked.push(names);
    return asked.length === 1
      ? Promise.reject(new Error('the connection was lost'))
      : ledger.forgetProblemsExcept(names);
  };
  const others = (['witness', 'git', 'slack'] as const).map((kind): Place => {
    const publish: Place['publish'] = () => Promise.resolve({ kind: 'published', cosignatures: '' });
    return { name: `the ${kind}`, kind, newest: () => Promise.resolve(undefined), publish };
  });
  const log = { ...LOG_KEYS, places: [placeIn(one), ...others] };
  const names = log.places.map(({ name }) => name);
  const running = runSequencer({ ...ledger, forgetProblemsExcept }, log, { report: REPORT, everyMs: 20 });
  ends.push(() => running.stop());
  await openedIn(ledger);
  await publishedIn(one, await sizeOf());
  await openedIn(ledger);
  await publishedIn(one, await sizeOf());
  expect(asked).toEqual([names, names]);
});

test('a disk that is mounted after the start is read again, and the log goes on without a restart (F36)', async () => {
  const one = await folder();
  await begunIn(one);
  await rename(one, `${one}-disk`);
  await mkdir(one); // The mount point.
  sequencing([placeIn(one)]);
  await openedIn(ledger);
  await problemAt(one);
  const before = await ledger.logProgress();
  await rm(one, { recursive: true });
  await rename(`${one}-disk`, one);
  await publishedIn(one, await sizeOf());
  expect((await ledger.logProgress()).size).toBeGreaterThan(before.size);
});

test('a place that loses what was published there is filled again, and the loss stays named', async () => {
  const one = await folder();
  sequencing([placeIn(one)]);
  await openedIn(ledger);
  await publishedIn(one, await sizeOf());
  for (const name of await readdir(one)) await rm(join(one, name), { recursive: true });
  await openedIn(ledger);
  await publishedIn(one, await sizeOf());
  const loss = /^it shows 0 entries, and \d+ were published there\./;
  const placeNow = async () => (await ledger.logPlaces()).find(({ name }) => name === `folder ${one}`);
  await until('the loss is recorded', async () => loss.test((await placeNow())?.loss ?? ''));
  expect(said).toContain('a place lost what was published there');
  await openedIn(ledger);
  await publishedIn(one, await sizeOf());
  expect(await placeNow()).toMatchObject({ problem: null, lostAt: expect.any(Number) });
});

test('an approval does not wait for the time of the next checkpoint', async () => {
  const one = await folder();
  await publishAll(ledger);
  sequencing([placeIn(one)], {}, 3_600_000);
  await publishedIn(one, 1);
  await untilPublished(await approvedIn(ledger));
});

test('two sequencers make one log', async () => {
  const one = await folder();
  sequencing([placeIn(one)]);
  sequencing([placeIn(one)]);
  const requests = await Promise.all(Array.from({ length: 8 }, () => approvedIn(ledger)));
  for (const request of requests) await untilPublished(request);
  expect(await ledger.isQuarantined()).toBe(false);
});

describe('approvals and the published log', () => {
  test('without a sequencer an approval is not published', async () => {
    await publishAll(ledger);
    const request = await approvedIn(ledger);
    await expect(published(request)).rejects.toMatchObject({ code: 'log-behind' });
  });

  test('a checkpoint that another key signed is refused, also when the database says that it was published', async () => {
    const request = await approvedIn(ledger);
    await publishAll(ledger);
    const access = logAccess([]);
    await expect(
      access.publishedEvents(
        ledger,
        { request, until: 'grant-started' },
        { waitMs: 0, signal: new AbortController().signal },
      ),
    ).rejects.toMatchObject({ code: 'log-altered' });
  });

  test('an approval that was changed after it was published is refused', async () => {
    const request = await approvedIn(ledger);
    await publishAll(ledger);
    await published(request);
    await rows('alter table event disable trigger append_only');
    await rows(`update event set body = body || '{"by":"cy"}' where request_id = $1 and kind = 'approved'`, [
      request,
    ]);
    await rows('alter table event enable trigger append_only');
    await expect(published(request)).rejects.toMatchObject({ code: 'log-altered' });
    await rows('alter table event disable trigger append_only');
    await rows(`update event set body = body || '{"by":"bo"}' where request_id = $1 and kind = 'approved'`, [
      request,
    ]);
    await rows('alter table event enable trigger append_only');
  });
});

describe('a place that has another log', () => {
  test('the ledger was restored: it goes into quarantine, and nothing is signed (F37)', async () => {
    const one = await folder();
    await openedIn(ledger);
    const stop = sequencing([placeIn(one)]);
    await publishedIn(one, await sizeOf());
    await stop();
    const backup = await backUp(database.url);
    ends.push(backup.drop);
    const again = sequencing([placeIn(one)]);
    await openedIn(ledger);
    await publishedIn(one, await sizeOf());
    await again();
    const before = await checkpointIn(one);
    await backup.restore();
    sequencing([placeIn(one)]);
    await until('the ledger is in quarantine', () => ledger.isQuarantined());
    await openedIn(ledger);
    expect(await checkpointIn(one)).toEqual(before);
    expect((await ledger.readQuarantine())?.reason).toContain('has more of the log than the ledger');
    await rows(
      `update quarantine set ended_at = now(), ended_by = 'dee', plan_digest = 'd' where ended_at is null`,
    );
  });

  test('a note of another key in a place is not trusted and changes nothing, but nothing is published there', async () => {
    const one = await folder();
    await writeFile(join(one, 'checkpoint'), 'nobody signed this\n');
    sequencing([placeIn(one)]);
    await openedIn(ledger);
    await problemAt(one);
    expect(await ledger.isQuarantined()).toBe(false);
    expect(await readFile(join(one, 'checkpoint'), 'utf8')).toBe('nobody signed this\n');
  });
});

test('keys are changed without a new event in between: old, both, new', async () => {
  const one = await folder();
  const newer = { name: LOG_NAME, privateKey: keyOf('newer') };
  const both = [...trusted, verifierKey(LOG_NAME, newer.privateKey)];
  const signedBy = async (): Promise<number> =>
    (await readFile(join(one, 'checkpoint'), 'utf8')).match(/^\u2014 /gm)?.length ?? 0;
  await openedIn(ledger);
  const old = sequencing([placeIn(one)]);
  await publishedIn(one, await sizeOf());
  await old();
  const changing = sequencing([placeIn(one)], { signers: [...LOG_KEYS.signers, newer], trusted: both });
  await until('both keys signed', async () => (await signedBy()) === 2);
  await changing();
  sequencing([placeIn(one)], { signers: [newer], trusted: both });
  await until('only the new key signs', async () => {
    const note = await readFile(join(one, 'checkpoint'), 'utf8');
    return openCheckpoint(note, both.slice(1)).ok && (await signedBy()) === 1;
  });
  expect(await ledger.isQuarantined()).toBe(false);
  const back = sequencing([placeIn(one)], { trusted: both });
  await until('the old key signs again', async () => {
    const newest = await ledger.newestCheckpoint();
    return newest !== undefined && openCheckpoint(newest.note, trusted).ok;
  });
  await back();
});

describe('places that do not answer, or lost what they had', () => {
  const never = new Promise<never>(() => undefined);
  const hanging: Place = {
    name: 'a disk that hangs',
    kind: 'folder',
    newest: () => never,
    publish: () => never,
  };

  test('a place that never answers delays no other one, also when it ignores that it should end', async () => {
    const one = await folder();
    await begunIn(one);
    sequencing([hanging, placeIn(one)]);
    const request = await approvedIn(ledger);
    await untilPublished(request);
    await publishedIn(one, await sizeOf());
  });

  test('a place that lost what was published there is named, and says nothing about the log', async () => {
    const [one, two] = [await folder(), await folder()];
    await openedIn(ledger);
    const stop = sequencing([placeIn(one), placeIn(two)]);
    await publishedIn(one, await sizeOf());
    await publishedIn(two, await sizeOf());
    await stop();
    await rm(join(two, 'checkpoint'));
    await rm(one, { recursive: true });
    const before = (await ledger.newestCheckpoint())?.size;
    await openedIn(ledger);
    const both = sequencing([placeIn(one), placeIn(two)]);
    await until('the loss is named', async () =>
      (await ledger.logPlaces()).some(
        ({ name, problem }) => name === `folder ${two}` && /it shows 0 entries/.test(problem ?? ''),
      ),
    );
    await until('the place that is gone is named', async () =>
      (await ledger.logPlaces()).some(({ name, problem }) => name === `folder ${one}` && problem !== null),
    );
    expect((await ledger.newestCheckpoint())?.size).toBe(before); // Nothing is signed while nobody knows.
    await both();

    said.length = 0;
    sequencing([placeIn(two)]);
    await until('a person is told that nothing is signed', () =>
      said.some((line) => line.startsWith('nothing is signed')),
    );
  });

  test('the ledger goes back while the sequencer runs: nothing of the other history is signed', async () => {
    const one = await folder();
    await openedIn(ledger);
    const stop = sequencing([placeIn(one)]);
    await publishedIn(one, await sizeOf());
    await stop();
    const backup = await backUp(database.url);
    ends.push(backup.drop);
    sequencing([placeIn(one)]);
    await openedIn(ledger);
    await publishedIn(one, await sizeOf());
    const before = await checkpointIn(one);
    await backup.restore();
    for (let at = 0; at < 3; at += 1) await openedIn(ledger); // The other history is longer than what was signed.
    await until('the ledger is in quarantine', () => ledger.isQuarantined());
    expect(await checkpointIn(one)).toEqual(before);
    await rows(
      `update quarantine set ended_at = now(), ended_by = 'dee', plan_digest = 'd' where ended_at is null`,
    );
  });
});

describe('what the owner of the database does before a grant', () => {
  test('columns that name another event change nothing: the events themselves are verified', async () => {
    const request = await openedIn(ledger);
    await publishAll(ledger);
    await ledger.record(approve(request));
    await rows('alter table event disable trigger append_only');
    await rows('alter table event drop constraint event_is_sound');
    await rows('alter table event drop constraint event_request_id_step_kind_key');
    await rows(`update event set kind = 'asked' where request_id = $1 and seq >= 2`, [request]);
    await rows(`update event set kind = 'grant-started' where request_id = $1 and seq = 1`, [request]);
    await expect(published(request)).rejects.toMatchObject({ code: 'log-behind' });
    await rows(`update event set kind = body ->> 'kind' where request_id = $1`, [request]);
    await rows('alter table event enable trigger append_only');
  });
});
