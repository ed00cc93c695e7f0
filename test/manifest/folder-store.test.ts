import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { entryName } from '../../manifest/entry.ts';
import { openStore } from '../../manifest/open-store.ts';
import { parsePlace } from '../../manifest/place.ts';
import { readManifest } from '../../manifest/read.ts';
import { LARGEST_OBJECT } from '../../manifest/store.ts';
import { entryOf, leaseNamed, never, ours, putEntry } from './manifest.fixture.ts';
import { temporaryFolder } from './folder.fixture.ts';

const storeIn = (folder: string) => openStore(`file:${folder}`, { answerMs: 1_000 });
const name = entryName(entryOf());
const umask = process.umask();
afterEach(() => void process.umask(umask));

describe('the manifest in a folder', () => {
  test('an object is there after it was written, and nothing else is', async () => {
    const folder = temporaryFolder();
    const store = storeIn(folder);
    await store.put(name, 'text', never);
    await store.put(name, 'text', never);
    expect(readdirSync(folder)).toEqual([name]);
    expect(await store.get(name, never)).toBe('text');
    expect(await store.list(never)).toEqual([name]);
  });

  test.each(['000', '022', '077'])(
    'an object is for its owner and the group of the folder, with the umask %s too',
    async (mask) => {
      const folder = temporaryFolder();
      process.umask(Number.parseInt(mask, 8));
      await storeIn(folder).put(name, 'text', never);
      expect(statSync(join(folder, name)).mode & 0o7777).toBe(0o640);
    },
  );

  test('another user who is in the group of the folder can read an object, and nobody else can', async () => {
    if (process.getuid?.() !== 0) return console.log('skipped: only root can act as another user');
    const [user, group, otherGroup] = [61_234, 61_235, 61_236];
    const outer = temporaryFolder();
    chmodSync(outer, 0o755);
    // As docs/operations.md makes it: install -d -o curfew -g curfew-manifest -m 2750
    const folder = join(outer, 'manifest');
    mkdirSync(folder);
    chownSync(folder, 0, group);
    chmodSync(folder, 0o2750);
    await storeIn(folder).put(name, 'text', never);
    const readAs = (gid: number) =>
      spawnSync('cat', [join(folder, name)], { uid: user, gid, cwd: dirname(folder), encoding: 'utf8' });
    expect(readAs(group)).toMatchObject({ status: 0, stdout: 'text' });
    expect(readAs(otherGroup)).toMatchObject({ status: 1, stdout: '' });
    return undefined;
  });

  test('several writers at the same time lose nothing', async () => {
    const folder = temporaryFolder();
    const entries = ['a', 'b', 'c', 'd', 'e', 'f'].map((lease, index) =>
      entryOf({ lease: leaseNamed(lease), serial: index + 1 }),
    );
    await Promise.all(entries.map((entry) => putEntry(storeIn(folder), entry)));
    const { entries: found, serial, problems } = await readManifest(storeIn(folder), [ours.publicKey], never);
    expect(found).toEqual(entries);
    expect({ serial, problems }).toEqual({ serial: 6, problems: [] });
  });

  test('an object that is removed is gone, and removing it again is no failure', async () => {
    const store = storeIn(temporaryFolder());
    await store.put(name, 'text', never);
    await store.remove(name, never);
    await store.remove(name, never);
    expect(await store.get(name, never)).toBeUndefined();
    expect(await store.list(never)).toEqual([]);
  });

  test('a file that was not finished is no object, and another file is named', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, '.curfew-0123456789abcdef'), 'half');
    writeFileSync(join(folder, 'notes.txt'), 'hello');
    expect(await storeIn(folder).list(never)).toEqual(['notes.txt']);
  });

  test.each<[what: string, make: (path: string) => void]>([
    ['is larger than any entry', (path) => writeFileSync(path, 'x'.repeat(LARGEST_OBJECT + 1))],
    ['is a link', (path) => symlinkSync('/etc/hostname', path)],
    ['is a folder', (path) => mkdirSync(path)],
  ])('an object that %s is empty', async (_what, make) => {
    const folder = temporaryFolder();
    make(join(folder, name));
    expect(await storeIn(folder).get(name, never)).toBe('');
  });

  test.each(['list', 'put'] as const)(
    '"%s" throws for a folder that does not exist, with its path',
    async (call) => {
      const folder = join(temporaryFolder(), 'missing');
      const store = storeIn(folder);
      const work = call === 'list' ? store.list(never) : store.put(name, 'text', never);
      await expect(work).rejects.toThrow(
        new RegExp(`the folder ${folder} of the manifest cannot be .*: ENOENT`),
      );
    },
  );

  test.each(['../outside', 'a/b', '.', name.replace('.json', '.txt')])('refuses the name %j', async (bad) => {
    const store = storeIn(temporaryFolder());
    await expect(store.put(bad, 'text', never)).rejects.toThrow('is not the name of an entry');
    await expect(store.remove(bad, never)).rejects.toThrow('is not the name of an entry');
  });

  test('an aborted call writes nothing', async () => {
    const folder = temporaryFolder();
    await expect(storeIn(folder).put(name, 'text', AbortSignal.abort())).rejects.toThrow();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a file in the place of the folder throws', async () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    await expect(storeIn(file).list(never)).rejects.toThrow('ENOTDIR');
  });
});

describe('the place of the manifest', () => {
  test.each([
    ['file:/var/lib/curfew', { kind: 'folder', folder: '/var/lib/curfew' }],
    ['file:///var/lib/curfew', { kind: 'folder', folder: '/var/lib/curfew' }],
    ['s3://my-bucket', { kind: 'bucket', bucket: 'my-bucket', prefix: '' }],
    ['s3://my-bucket/', { kind: 'bucket', bucket: 'my-bucket', prefix: '' }],
    ['s3://my-bucket/curfew/live/', { kind: 'bucket', bucket: 'my-bucket', prefix: 'curfew/live/' }],
  ])('%s', (text, place) => {
    expect(parsePlace(text)).toEqual({ ok: true, value: place });
  });

  test.each([
    '',
    'manifest',
    'file:manifest',
    'file:',
    's3://',
    's3://UPPER/x',
    'https://bucket/x',
    's3://b/a?x=1',
  ])('refuses %j', (text) => {
    expect(parsePlace(text)).toMatchObject({ ok: false, error: expect.stringMatching(/^must /) });
    expect(() => openStore(text, { answerMs: 1_000 })).toThrow('the place of the manifest must');
  });
});
