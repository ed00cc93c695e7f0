import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { examineLog } from '../../app/doctor-log.ts';
import type { LastExamination } from '../../ledger/index.ts';
import { signersOf, trustedKeys } from '../../app/log-keys.ts';
import type { LogConnection } from '../../app/log-connection.ts';
import { signedUpdate } from '../../audit/update.ts';
import { rootFromPath } from '../../audit/tree/check.ts';
import { leafHash } from '../../audit/tree/hash.ts';
import { openCheckpoint } from '../../audit/note/open.ts';
import { auditCommand } from '../../cli/commands/audit.ts';
import type { RequestId } from '../../core/ids.ts';
import { approvedIn, grantedIn, openedIn, revokedIn, rowsOf, target } from '../ledger/ledger.fixture.ts';
import { sequenceAll } from '../ledger/log/log.fixture.ts';
import { type Folder, openFolder } from './cli.fixture.ts';

let folder: Folder;
let log: LogConnection;
let request: RequestId;
beforeAll(async () => {
  folder = await openFolder();
  log = folder.connections.log!;
  mkdirSync(join(folder.home, 'log'));
  request = await approvedIn(folder.ledger);
  await publish();
});
afterAll(() => folder?.stop());

/** Publishes everything, as a sequencer does. */
async function publish(name = log.name): Promise<void> {
  const { ledger } = folder;
  await sequenceAll(ledger, name);
  const { size } = await ledger.logProgress();
  const keys = { name, signers: signersOf({ ...log, name }), trusted: trustedKeys({ ...log, name }) };
  await ledger.storeCheckpoint({ size, note: (await signedUpdate(ledger, keys, size)).note });
}

const linesOf = (file: string): readonly unknown[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);

describe('curfew audit export', () => {
  test('writes the log as the newest checkpoint has it, and nothing that no checkpoint covers', async () => {
    await openedIn(folder.ledger);
    const place = join(folder.home, 'export');
    const { code, out } = await folder.run(auditCommand(), 'export', place);
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(/^4 entries, 1 checkpoint: .*curfew audit verify .*--key log\.example\/cli\+/s),
    ]);
    expect(readdirSync(place).sort()).toEqual([
      ...['README.md', 'bodies.jsonl', 'bundle.json', 'checkpoints', 'entries.jsonl', 'free-texts.jsonl'],
      ...['not-proven', 'texts.jsonl'],
    ]);
    expect(linesOf(join(place, 'entries.jsonl'))).toHaveLength(4);
    expect(linesOf(join(place, 'texts.jsonl'))).toMatchObject([
      { index: expect.any(Number), salt: expect.any(String), texts: expect.any(Array) },
    ]);
    expect(linesOf(join(place, 'free-texts.jsonl'))).toMatchObject([{ request, kind: 'reason' }]);
    expect(linesOf(join(place, 'bundle.json'))).toMatchObject([
      { format: 'curfew-log-bundle/2', origin: 'log.example/cli', size: 4 },
    ]);
    await publish();
  });

  test('a folder that has files is refused, and nothing in it is changed', async () => {
    const place = join(folder.home, 'full');
    mkdirSync(place);
    writeFileSync(join(place, 'mine.txt'), 'x');
    const missing = join(folder.home, 'no such folder', 'export');
    expect(await folder.run(auditCommand(), 'export', missing)).toMatchObject({
      code: 1,
      err: expect.stringContaining('ENOENT'),
    });
    expect(await folder.run(auditCommand(), 'export', place)).toMatchObject({
      code: 1,
      err: expect.stringContaining('is not empty'),
    });
    expect(readFileSync(join(place, 'mine.txt'), 'utf8')).toBe('x');
  });
});

describe('curfew audit prove', () => {
  test('prints a proof for each event, which leads to the root of the signed checkpoint', async () => {
    const { code, out } = await folder.run(auditCommand(), 'prove', request);
    const proofs = out
      .trim()
      .split('\n')
      .map(
        (line) =>
          JSON.parse(line) as { entry: string; index: number; size: number; path: string[]; note: string },
      );
    expect([code, proofs.length]).toEqual([0, 4]);
    for (const { entry, index, size, path, note } of proofs) {
      const opened = openCheckpoint(note, trustedKeys(log));
      const hashes = path.map((hash) => Buffer.from(hash, 'base64'));
      expect(
        opened.ok &&
          rootFromPath(leafHash(Buffer.from(entry)), { index, size }, hashes)?.equals(opened.value.root),
      ).toBe(true);
    }
  });

  test('the proof that the log grew has the two notes', async () => {
    const { code, out } = await folder.run(auditCommand(), 'prove', '--from', '4');
    expect([code, JSON.parse(out)]).toMatchObject([0, { format: 'curfew-consistency-proof/1' }]);
  });

  test.each([
    ['a size without a checkpoint', ['prove', '--from', '3'], 3, 'no checkpoint of 3 entries was published'],
    ['neither a request nor a size', ['prove'], 2, 'Name a request, or give --from'],
    ['a size that is no number', ['prove', '--from', 'x'], 2, 'the number of entries'],
  ])('%s is refused', async (_what, args, code, err) => {
    expect(await folder.run(auditCommand(), ...args)).toMatchObject({
      code,
      err: expect.stringContaining(err),
    });
  });
});

describe('curfew doctor looks at the audit log', () => {
  const found = async (connection: LogConnection | undefined = log) =>
    (await examineLog(folder.ledger, connection)).map(({ state, what }) => [state, what]);

  test('it is fine when everything is published, and its public key is shown', async () => {
    expect(await found()).toEqual([
      ['ok', expect.stringMatching(/^6 entries are published.*log\.example\/cli\+/)],
    ]);
  });

  test('a place that does not answer is a warning', async () => {
    await folder.ledger.recordPublishFailure(
      { place: 'folder /srv/log', kind: 'folder' },
      'it cannot be written',
    );
    expect(await found()).toContainEqual([
      'warning',
      expect.stringMatching(/^The folder \/srv\/log .*it cannot be written/),
    ]);
    await rowsOf(folder.url, 'delete from log_place');
  });

  test('a witness that does not sign is named as broken, with what to do', async () => {
    const witness = { place: 'witness w1 at https://witness.example/', kind: 'witness' };
    await folder.ledger.recordPublishFailure(
      witness,
      'it refuses. Nothing is granted before the witness cosigns',
    );
    expect(await found()).toContainEqual([
      'broken',
      'The witness w1 at https://witness.example/ has the first 0 entries. it refuses. Nothing is granted before the witness cosigns.',
    ]);
    await rowsOf(folder.url, 'delete from log_place');
  });

  test('a place that lost what was published there is a warning, also after it was filled again', async () => {
    const { ledger } = folder;
    const name = 'folder /srv/log';
    await ledger.recordPublished({ place: name, kind: 'folder', size: 6, cosignatures: [] });
    await ledger.recordPlaceLost(name, 'it shows 0 entries, and 4 were published there');
    expect(await found()).toEqual([
      ['ok', expect.stringContaining('published in 1 place.')],
      [
        'warning',
        expect.stringMatching(/^At 20.*Z the folder \/srv\/log had lost .*it shows 0 entries.*filled again/),
      ],
    ]);
    await rowsOf(folder.url, 'delete from log_place');
  });

  test('places that failed are not counted among those that have the log', async () => {
    const { ledger } = folder;
    await ledger.recordPublished({ place: 'one', kind: 'folder', size: 6, cosignatures: [] });
    await ledger.recordPublishFailure({ place: 'two', kind: 'folder' }, 'it does not answer');
    expect(await found()).toContainEqual(['ok', expect.stringContaining('published in 1 of 2 places.')]);
    await rowsOf(folder.url, 'delete from log_place');
  });

  describe('and when it was examined', () => {
    const DAY = 86_400_000;
    const examined = async (
      ago: Readonly<{ since: number; ended?: number }>,
      differences = 0,
    ): Promise<readonly (readonly string[])[]> => {
      const now = await folder.ledger.now();
      const before = (ms: number) => (now - ms) as never;
      const last: LastExamination = {
        ...{ since: before(ago.since), found: differences, days: 7 },
        ...(ago.ended === undefined ? {} : { endedAt: before(ago.ended) }),
      };
      const ledger = {
        ...folder.ledger,
        now: () => Promise.resolve(now),
        lastExamination: () => Promise.resolve(last),
      };
      return (await examineLog(ledger, log)).map(({ state, what }) => [state, what]);
    };

    test.each<[string, Parameters<typeof examined>, readonly string[], string]>([
      ['never, for a short time', [{ since: DAY }], ['ok'], 'It was not examined as a whole yet.'],
      ['never, for two paces', [{ since: 14 * DAY }], ['ok'], 'It was not examined as a whole yet.'],
      [
        'never, for longer',
        [{ since: 14 * DAY + 1 }],
        ['ok', 'warning'],
        'One should end every 7 days. Does the sequencer run?',
      ],
      ['lately', [{ since: 90 * DAY, ended: DAY }], ['ok'], 'It was last examined as a whole at 20'],
      [
        'two paces ago',
        [{ since: 90 * DAY, ended: 14 * DAY }],
        ['ok'],
        'It was last examined as a whole at 20',
      ],
      [
        'longer ago',
        [{ since: 90 * DAY, ended: 14 * DAY + 1 }],
        ['ok', 'warning'],
        'No examination of the whole log ended since 20',
      ],
      ['with one difference', [{ since: DAY, ended: 0 }, 1], ['ok', 'broken'], 'found 1 difference between'],
      ['with differences', [{ since: DAY, ended: 0 }, 2], ['ok', 'broken'], 'found 2 differences between'],
    ])('%s', async (_what, [ago, differences], states, sentence) => {
      const lines = await examined(ago, differences);
      expect(lines.map(([state]) => state)).toEqual(states);
      expect(lines.at(-1)?.[1]).toContain(sentence);
    });
  });

  test('a name that is not that of the log, and no log at all, are broken', async () => {
    expect(await found({ ...log, name: 'other/log', publicKeys: [] })).toEqual([
      ['broken', 'The ledger has the log "log.example/cli", and CURFEW_LOG_NAME is "other/log".'],
    ]);
    expect((await examineLog(folder.ledger, undefined)).map(({ state }) => state)).toEqual(['broken']);
  });

  test('what waits for its checkpoint for over a minute is broken', async () => {
    await openedIn(folder.ledger);
    const { ledger } = folder;
    const later = { ...ledger, now: async () => ((await ledger.now()) + 61_000) as never };
    expect((await examineLog(later, log)).map(({ state, what }) => [state, what])).toEqual([
      [
        'broken',
        expect.stringMatching(
          /^What was recorded 6\d s ago .*Does the sequencer run, does a place show the log, and does each witness sign it\?/,
        ),
      ],
    ]);
    await publish();
  });
});

test('curfew audit erase names the person who was perhaps meant, and records nothing', async () => {
  expect(await folder.run(auditCommand(), 'erase', 'anna', '--yes')).toMatchObject({
    code: 3,
    err: expect.stringContaining('There is no person "anna" in people.yaml. Did you mean "ana"?'),
  });
  expect(await rowsOf(folder.url, 'select from erasure')).toEqual([]);
});

describe('curfew audit begin-log', () => {
  test('everything goes into the log of the new name, and a row names the one before', async () => {
    const before = await folder.ledger.logProgress();
    expect(await folder.run(auditCommand(), 'begin-log', 'log.example/cli-2')).toMatchObject({ code: 0 });
    expect(await folder.ledger.logProgress()).toEqual({
      name: 'log.example/cli-2',
      size: 0,
      seenTo: 0,
      published: 0,
    });
    const rows = await sequenceAll(folder.ledger, 'log.example/cli-2');
    expect(rows).toHaveLength(before.size + 1);
    expect(rows.at(-1)).toMatchObject({
      type: 'log-beginning',
      id: 'log.example/cli-2',
      body: { previous: log.name },
    });
  });

  test.each([
    ['log.example/cli-2', 1, 'had a log of the name log.example/cli-2 already'],
    ['log.example/cli', 1, 'had a log of the name log.example/cli already'],
    ['a name with spaces', 2, 'no spaces'],
  ])('%s is refused', async (name, code, err) => {
    expect(await folder.run(auditCommand(), 'begin-log', name)).toMatchObject({
      code,
      err: expect.stringContaining(err),
    });
  });
});

test('curfew audit erase says what it erased, and what it left for later', async () => {
  const closed = await grantedIn(folder.ledger, { targets: [{ ...target, account: 'ana-login' }] });
  await revokedIn(folder.ledger, closed);
  const first = await folder.run(auditCommand(), 'erase', 'ana', '--yes');
  expect(first.out).toMatch(/^Erased: \d+ texts, and the name of ana in 1 closed requests\.$/m);
  expect(first.out).toMatch(
    /^Left alone: \d+ requests that are not closed yet\. Run it again when they are\.$/m,
  );
  const accounts =
    'Left alone: the accounts in 1 closed requests, because a provider may still be asked about them.';
  expect(first.out).toContain(accounts);

  await rowsOf(folder.url, 'update access_check set next_at = null; update use_plan set next_at = null');
  await rowsOf(folder.url, `update manifest_entry set written = wanted, state = 'over'`);
  const second = await folder.run(auditCommand(), 'erase', 'ana', '--yes');
  expect([second.code, second.out.includes(accounts)]).toEqual([0, false]);
  expect((await folder.ledger.readTargets(closed)).map(({ account }) => account)).toEqual(['(erased)']);
});
