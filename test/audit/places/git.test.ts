import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { filePlace } from '../../../audit/places/file-place.ts';
import { gitStore } from '../../../audit/places/git.ts';
import { temporaryFolder } from '../../manifest/folder.fixture.ts';
import { updateOf } from '../log.fixture.ts';
import { itIsAPlace, itTrustsNoNote, never, type Subject } from './contract.fixture.ts';

const hasGit = (() => {
  try {
    return execFileSync('git', ['--version']).length > 0;
  } catch {
    return false;
  }
})();
if (!hasGit) console.log('skipped: git is not installed');

const git = (folder: string, args: readonly string[], input = '') =>
  execFileSync('git', ['--git-dir', folder, ...args], {
    input,
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'ignore'],
  });

function remoteRepository(): string {
  const folder = join(temporaryFolder(), 'log.git');
  git(folder, ['init', '--quiet', '--bare']);
  return folder;
}

/** A commit of somebody else, who can push to the remote. */
function commitFile(remote: string, path: string, content: string): void {
  const isNew = git(remote, ['for-each-ref', 'refs/heads/log']) === '';
  const from = isNew ? '' : 'from refs/heads/log^0\n';
  const file = `M 100644 inline ${path}\ndata ${Buffer.byteLength(content)}\n${content}\n`;
  const header = 'commit refs/heads/log\ncommitter x <x@localhost> now\ndata 0\n';
  git(remote, ['fast-import', '--quiet', '--date-format=now'], `${header}${from}${file}`);
}

const placeOf = (remote: string, clone = join(temporaryFolder(), 'clone')) =>
  filePlace(gitStore({ remote, branch: 'log', clone }));
const filesIn = (remote: string) => git(remote, ['ls-tree', '-r', '--name-only', 'log']).trim().split('\n');

async function fresh(): Promise<Subject> {
  const remote = remoteRepository();
  return {
    place: placeOf(remote),
    reopened: () => placeOf(remote),
    forge: async (note) => commitFile(remote, 'checkpoint', note),
    breakIt: async () => renameSync(remote, `${remote}-moved`),
    contents: async () => git(remote, ['for-each-ref']),
    keepsFiles: true,
  };
}

(hasGit ? describe : describe.skip)('a git repository', () => {
  const before = { ...process.env };
  afterEach(() => void (process.env = { ...before }));

  itIsAPlace(fresh);
  itTrustsNoNote(fresh);

  test('each checkpoint is one commit on the one before', async () => {
    const remote = remoteRepository();
    const place = placeOf(remote);
    for (const size of [1, 2, 3]) await place.publish(updateOf(size), never);
    expect(git(remote, ['log', '--format=%s', 'log']).trim().split('\n')).toEqual([
      'Publish the checkpoint of 3 entries',
      'Publish the checkpoint of 2 entries',
      'Publish the checkpoint of 1 entries',
    ]);
    expect(filesIn(remote)).toEqual(
      expect.arrayContaining(['checkpoint', 'tile/0/000.p/1', 'tile/0/000.p/3']),
    );
    expect(git(remote, ['cat-file', 'blob', 'log:checkpoints/00000000000000000002'])).toBe(updateOf(2).note);
    expect(git(remote, ['fsck', '--strict'])).toBe('');
  });

  test('locks that a killed process left in the clone hold nothing up', async () => {
    const [remote, clone] = [remoteRepository(), join(temporaryFolder(), 'clone')];
    await placeOf(remote, clone).publish(updateOf(2), never);
    await placeOf(remote).publish(updateOf(3), never); // Another process, with a clone of its own.
    mkdirSync(join(clone, 'refs/curfew'), { recursive: true });
    for (const lock of ['shallow.lock', 'refs/curfew/newest.lock', 'refs/curfew/next.lock'])
      writeFileSync(join(clone, lock), '');
    expect(await placeOf(remote, clone).publish(updateOf(4), never)).toMatchObject({ kind: 'published' });
  });

  test('files of somebody else in the branch stay', async () => {
    const remote = remoteRepository();
    commitFile(remote, 'README.md', 'This is the log.');
    await placeOf(remote).publish(updateOf(2), never);
    expect(filesIn(remote)).toEqual(expect.arrayContaining(['README.md', 'checkpoint']));
  });

  test('a file that has another content is named, and not written again', async () => {
    const remote = remoteRepository();
    const place = placeOf(remote);
    await place.publish(updateOf(2), never);
    commitFile(remote, 'tile/0/000.p/3', 'somebody wrote this');
    expect(await place.publish(updateOf(3), never)).toMatchObject({
      kind: 'altered',
      path: 'tile/0/000.p/3',
    });
    expect(git(remote, ['cat-file', 'blob', 'log:tile/0/000.p/3'])).toBe('somebody wrote this');
  });

  test.each([
    ['a larger checkpoint', 4, 'ahead'],
    ['a smaller checkpoint', 2, 'published'],
  ])('a push is not forced over %s that somebody else pushed meanwhile', async (_what, size, kind) => {
    const remote = remoteRepository();
    await placeOf(remote).publish(updateOf(1), never);
    let isFirst = true;
    const filesFrom = async function* (from: number) {
      yield* updateOf(3).filesFrom(from);
      if (isFirst) await placeOf(remote).publish(updateOf(size), never);
      isFirst = false;
    };
    expect(await placeOf(remote).publish(updateOf(3, { filesFrom }), never)).toMatchObject({ kind });
    expect(git(remote, ['rev-list', '--count', 'log']).trim()).toBe(kind === 'ahead' ? '2' : '3');
  });

  test('a checkpoint that is a link to another file is empty', async () => {
    const remote = remoteRepository();
    const header = 'commit refs/heads/log\ncommitter x <x@localhost> now\ndata 0\n';
    const link = 'M 120000 inline checkpoint\ndata 11\n/etc/passwd\n';
    git(remote, ['fast-import', '--quiet', '--date-format=now'], `${header}${link}`);
    expect(await placeOf(remote).newest(never)).toBe('');
  });

  test('neither the variables of git nor the hooks of the clone are used', async () => {
    const remote = remoteRepository();
    const clone = join(temporaryFolder(), 'clone');
    const place = placeOf(remote, clone);
    await place.publish(updateOf(1), never);
    const trace = join(temporaryFolder(), 'trace');
    git(clone, ['config', 'core.hooksPath', temporaryFolder()]);
    const hooks = git(clone, ['config', 'core.hooksPath']).trim();
    writeFileSync(join(hooks, 'pre-push'), `#!/bin/sh\ntouch ${trace}\nexit 1\n`, { mode: 0o755 });
    Object.assign(process.env, { GIT_DIR: '/nonexistent', GIT_TRACE: trace, GIT_CONFIG_COUNT: 'x' });
    expect(await place.publish(updateOf(2), never)).toMatchObject({ kind: 'published' });
    expect(existsSync(trace)).toBe(false);
  });

  test('a remote that wants a password is refused, and nobody is asked', async () => {
    const server = createServer((_request, response) => {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    process.env['HOME'] = temporaryFolder();
    // Plain http is not allowed either: the setting has https only.
    await expect(placeOf(`http://127.0.0.1:${port}/log.git`).newest(never)).rejects.toThrow(
      /git ls-remote failed: .*transport 'http' not allowed/,
    );
    server.close();
  });

  test.each(['--upload-pack=touch x', '-oProxyCommand=x'])(
    'a remote is never an option: %s',
    async (remote) => {
      await expect(placeOf(remote).newest(never)).rejects.toThrow(/git ls-remote failed/);
    },
  );

  test('a machine without git gets a sentence that says so', async () => {
    process.env['PATH'] = temporaryFolder();
    await expect(placeOf('/srv/log.git').newest(never)).rejects.toThrow(
      'git init failed: git is not installed on this machine',
    );
  });
});
