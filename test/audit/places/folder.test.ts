import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { filePlace } from '../../../audit/places/file-place.ts';
import { folderStore } from '../../../audit/places/folder.ts';
import { replaceCheckpoint } from '../../../audit/places/replace-checkpoint.ts';
import { temporaryFolder } from '../../manifest/folder.fixture.ts';
import { updateOf } from '../log.fixture.ts';
import { itIsAPlace, itTrustsNoNote, never, type Subject } from './contract.fixture.ts';

const placeIn = (folder: string) => filePlace(folderStore(folder));
const umask = process.umask();
afterEach(() => void process.umask(umask));

/** Every file below a folder, with its content and the time when it was written. */
const contentsOf = (folder: string): readonly unknown[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(folder, path)).isFile())
    .sort()
    .map((path) => [path, readFileSync(join(folder, path), 'utf8'), statSync(join(folder, path)).mtimeMs]);
const pathsIn = (folder: string) => contentsOf(folder).map((each) => (each as [string])[0]);

async function fresh(): Promise<Subject> {
  const folder = join(temporaryFolder(), 'log');
  mkdirSync(folder);
  return {
    place: placeIn(folder),
    reopened: () => placeIn(folder),
    forge: async (note) => writeFileSync(join(folder, 'checkpoint'), note),
    breakIt: async () => renameSync(folder, `${folder}-moved`),
    contents: async () => contentsOf(folder),
    keepsFiles: true,
  };
}

describe('a folder', () => {
  test('loses what a killed process left unfinished, after a day', async () => {
    const folder = temporaryFolder();
    const [old, young] = ['.curfew-0000000000000001', '.curfew-0000000000000002'];
    for (const name of [old, young]) writeFileSync(join(folder, name), 'half');
    const twoDaysAgo = new Date(Date.now() - 2 * 86_400_000);
    utimesSync(join(folder, old), twoDaysAgo, twoDaysAgo);
    await placeIn(folder).publish(updateOf(2), never);
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([young]);
  });

  itIsAPlace(fresh);
  itTrustsNoNote(fresh);

  test('has the files of C2SP tlog-tiles, each note, and nothing that is unfinished', async () => {
    const folder = temporaryFolder();
    const place = placeIn(folder);
    await place.publish(updateOf(2), never);
    await place.publish(updateOf(3), never);
    expect(pathsIn(folder)).toEqual([
      expect.stringMatching(/^bodies\/[0-9a-f]{64}$/),
      'checkpoint',
      'checkpoints/00000000000000000002',
      'checkpoints/00000000000000000003',
      'tile/0/000.p/2',
      'tile/0/000.p/3',
      'tile/entries/000.p/2',
      'tile/entries/000.p/3',
    ]);
    expect(readFileSync(join(folder, 'checkpoints/00000000000000000002'), 'utf8')).toBe(updateOf(2).note);
    expect(readFileSync(join(folder, 'checkpoint'), 'utf8')).toBe(updateOf(3).note);
  });

  test.each(['tile/0/000.p/3', 'checkpoints/00000000000000000003'])(
    'a file that has another content is named, and not written again: %s',
    async (path) => {
      const folder = temporaryFolder();
      const place = placeIn(folder);
      await place.publish(updateOf(2), never);
      writeFileSync(join(folder, path), 'somebody wrote this');
      expect(await place.publish(updateOf(3), never)).toMatchObject({ kind: 'altered', path });
      expect(readFileSync(join(folder, path), 'utf8')).toBe('somebody wrote this');
      expect(await place.newest(never)).toBe(updateOf(2).note);
    },
  );

  test('a kept note of another tree is a fork, although "checkpoint" is older', async () => {
    const folder = temporaryFolder();
    const other = updateOf(3, { history: 'other' });
    await placeIn(folder).publish(updateOf(1), never);
    writeFileSync(join(folder, 'checkpoints/00000000000000000003'), other.note);
    expect(await placeIn(folder).publish(updateOf(3), never)).toEqual({
      kind: 'fork',
      size: 3,
      note: other.note,
    });
  });

  test('a folder with the files of somebody else is refused, and stays as it is', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'holiday.jpg'), '');
    expect(await placeIn(folder).publish(updateOf(3), never)).toEqual({
      kind: 'refused',
      why: 'it has no checkpoint, and has other files: holiday.jpg',
    });
    expect(pathsIn(folder)).toEqual(['holiday.jpg']);
  });

  test('a link in the place of a folder or of the newest note is not followed', async () => {
    const [folder, elsewhere] = [temporaryFolder(), temporaryFolder()];
    symlinkSync(elsewhere, join(folder, 'tile'));
    await expect(placeIn(folder).publish(updateOf(3), never)).rejects.toThrow('is a link to another folder');
    expect(readdirSync(elsewhere)).toEqual([]);
    symlinkSync('/etc/hostname', join(folder, 'checkpoint'));
    expect(await placeIn(folder).newest(never)).toBe('');
  });

  test('of three processes that publish over the same checkpoint at the same time, at most one does, and a later one finishes (I21)', async () => {
    const folder = temporaryFolder();
    await placeIn(folder).publish(updateOf(1), never);
    for (let round = 0; round < 40; round += 1) {
      const before = readFileSync(join(folder, 'checkpoint'), 'utf8');
      const notes = [2, 3, 4].map((each) => updateOf(3 * round + each).note);
      const sessions = await Promise.all(notes.map(() => folderStore(folder).begin(never)));
      const finished = await Promise.all(
        sessions.map((session, at) => session.finish(notes[at] ?? '', 3 * round + at + 2)),
      );
      const winners = notes.filter((_note, at) => finished[at]);
      expect(winners.length).toBeLessThanOrEqual(1);
      expect(readFileSync(join(folder, 'checkpoint'), 'utf8')).toBe(winners[0] ?? before);
    }
    const { note } = updateOf(130);
    expect(await (await folderStore(folder).begin(never)).finish(note, 130)).toBe(true);
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  test('before a process looks whether the checkpoint changed, all others have lost their names (I21)', async () => {
    const folder = temporaryFolder();
    for (const name of ['one', 'two', '.curfew-checkpoint-three']) writeFileSync(join(folder, name), name);
    let hasLooked = false;
    const look = (): Promise<boolean> => {
      hasLooked = true;
      expect(readdirSync(folder).filter((name) => name === '.curfew-checkpoint-three')).toEqual([]);
      return replaceCheckpoint(folder, join(folder, 'two'), () => Promise.resolve(true));
    };
    expect([await replaceCheckpoint(folder, join(folder, 'one'), look), hasLooked]).toEqual([false, true]);
    expect(readdirSync(folder)).toEqual(['checkpoint']);
    expect(readFileSync(join(folder, 'checkpoint'), 'utf8')).toBe('two');
  });

  test('a process that read the checkpoint before another one replaced it does not replace it (I21)', async () => {
    const folder = temporaryFolder();
    await placeIn(folder).publish(updateOf(1), never);
    const late = await folderStore(folder).begin(never);
    await placeIn(folder).publish(updateOf(3), never);
    expect(await late.finish(updateOf(2).note, 2)).toBe(false);
    expect(await placeIn(folder).newest(never)).toBe(updateOf(3).note);
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  test('a note that cannot become the checkpoint is an error, and not the work of another process', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'checkpoint'));
    writeFileSync(join(folder, 'one'), 'one');
    const replaced = replaceCheckpoint(folder, join(folder, 'one'), () => Promise.resolve(true));
    await expect(replaced).rejects.toMatchObject({ syscall: 'rename' });
  });

  test('a process that was killed while it had its turn keeps no other one from publishing', async () => {
    const folder = temporaryFolder();
    await placeIn(folder).publish(updateOf(2), never);
    writeFileSync(join(folder, '.curfew-checkpoint-0000000000000001'), updateOf(3).note);
    expect(await placeIn(folder).publish(updateOf(4), never)).toMatchObject({ kind: 'published' });
    expect(await placeIn(folder).newest(never)).toBe(updateOf(4).note);
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  test.each(['022', '077'])('the group of the folder can read all of it, with the umask %s', async (mask) => {
    const folder = temporaryFolder();
    process.umask(Number.parseInt(mask, 8));
    await placeIn(folder).publish(updateOf(3), never);
    const modeOf = (path: string) => statSync(join(folder, path)).mode & 0o750;
    expect(['tile', 'tile/0', 'checkpoints'].map(modeOf)).toEqual([0o750, 0o750, 0o750]);
    expect(['checkpoint', 'tile/0/000.p/3'].map(modeOf)).toEqual([0o640, 0o640]);
  });

  test('a path that leaves the place is never written', async () => {
    const folder = join(temporaryFolder(), 'inner');
    mkdirSync(folder);
    const filesFrom = () => [{ path: 'tile/../../outside', bytes: Buffer.from('x') }];
    await expect(placeIn(folder).publish(updateOf(3, { filesFrom }), never)).rejects.toThrow(
      'is not the path of a file of the log',
    );
    expect(readdirSync(join(folder, '..'))).toEqual(['inner']);
  });
});
