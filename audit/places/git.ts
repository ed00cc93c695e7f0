import { createHash } from 'node:crypto';
import { access, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileSession, FileStore } from './file-place.ts';
import { type Commit, NEXT, openCommit } from './git-commit.ts';
import { gitIn, type Git } from './git-command.ts';
import { CHECKPOINT } from './paths.ts';
import { LARGEST_NOTE, type LogFile, PlaceUnavailable } from './place.ts';

/** `clone`: a folder for the copy of the repository. It is made when it does not exist. One process uses it at a time. */
export type GitPlace = Readonly<{ remote: string; branch: string; clone: string }>;

/**
 * The log in a branch of a git repository. Each published checkpoint is one commit. A push is never forced, so the branch only
 * grows, and a push that the remote rejects means that somebody else pushed.
 */
export function gitStore(place: GitPlace): FileStore {
  let pushes = 0;
  let isUnlocked = false;
  const afterPush = async (git: Git): Promise<void> => {
    pushes += 1;
    if (pushes % PUSHES_BEFORE_GC === 0) await git.tryRun(['gc', '--auto', '--quiet']);
  };
  return {
    name: `git repository ${place.remote}`,
    kind: 'git',
    filesAtOnce: 64,
    async begin(signal) {
      const git = gitIn(place.clone, signal);
      if (!isUnlocked) await unlock(place.clone);
      isUnlocked = true;
      if (!(await exists(join(place.clone, 'HEAD'))))
        await git.run(['init', '--quiet', '--bare', '--template=']);
      return sessionIn({ place, git, afterPush, head: await fetchHead(place, git) });
    },
  };
}

/** Removes the locks that a killed process left. One process uses the clone at a time, so nobody holds them. */
async function unlock(clone: string): Promise<void> {
  for (const lock of ['shallow.lock', 'packed-refs.lock', `${NEWEST}.lock`, `${NEXT}.lock`])
    await rm(join(clone, lock), { force: true });
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** The objects of the clone are packed from time to time. */
const PUSHES_BEFORE_GC = 100;

/** `head`: the commit of the branch at the remote; undefined when the branch does not exist. */
type State = Readonly<{
  place: GitPlace;
  git: Git;
  head: string | undefined;
  afterPush: (git: Git) => Promise<void>;
}>;

/** The remote's newest commit of the branch, which the clone then has too. */
async function fetchHead({ remote, branch }: GitPlace, git: Git): Promise<string | undefined> {
  const [head] = (await git.run(['ls-remote', '--', remote, `refs/heads/${branch}`])).toString().split('\t');
  if (head === undefined || head === '') return undefined;
  if (!COMMIT.test(head)) throw new PlaceUnavailable(`the git repository ${remote} names no commit`);
  if (await git.has(head)) return head;
  // The older commits are not needed: a new one is made on the newest.
  const options = ['--quiet', '--no-tags', '--depth=1'];
  await git.run(['fetch', ...options, '--', remote, `+refs/heads/${branch}:${NEWEST}`]);
  if (await git.has(head)) return head;
  throw new PlaceUnavailable(`the git repository ${remote} changed while it was read`);
}

const COMMIT = /^[0-9a-f]{40}([0-9a-f]{24})?$/;
/** The clone keeps what this name points to. */
const NEWEST = 'refs/curfew/newest';

async function sessionIn(state: State): Promise<FileSession> {
  const { git } = state;
  const newest = await readFile(state, CHECKPOINT);
  let commit: Commit | undefined;
  const opened = (): Commit => (commit ??= openCommit(git, state.head));
  return {
    newest,
    read: (path) => readFile(state, path),
    async put(files) {
      const there = await idsOf(state, files);
      const absent = files.filter(({ path }) => !there.has(path));
      const changed = files.find(({ path, bytes }) => !isSame(bytes, there.get(path)));
      if (!changed && absent.length > 0) await opened().add(absent);
      return changed?.path;
    },
    async finish(note, size) {
      await opened().add([{ path: CHECKPOINT, bytes: Buffer.from(note) }]);
      return push(state, await opened().commit(`Publish the checkpoint of ${size} entries`));
    },
    close: () => commit?.discard(),
  };
}

type Entry = Readonly<{ mode: string; id: string; size: number }>;
const ENTRY = /^(\d{6}) \w+ ([0-9a-f]+) +(\d+|-)\t(.+)$/s;

/** What the newest commit has under these paths. */
async function idsOf(
  { git, head }: State,
  files: readonly Pick<LogFile, 'path'>[],
): Promise<ReadonlyMap<string, Entry>> {
  if (head === undefined) return new Map();
  const paths = files.map(({ path }) => path);
  const lines = (await git.run(['ls-tree', '-z', '-l', '--full-tree', head, '--', ...paths])).toString();
  return new Map(
    lines.split('\0').flatMap((line): [string, Entry][] => {
      const [whole, mode = '', id = '', size, path = ''] = ENTRY.exec(line) ?? [];
      return whole === undefined ? [] : [[path, { mode, id, size: Number(size) }]];
    }),
  );
}

/** The id of a file is a hash of its content, with SHA-1 in most repositories. */
function isSame(bytes: Uint8Array, entry: Entry | undefined): boolean {
  if (!entry) return true;
  const hash = createHash(entry.id.length === 40 ? 'sha1' : 'sha256');
  return hash.update(`blob ${bytes.length}\0`).update(bytes).digest('hex') === entry.id;
}

const PLAIN_FILE = /^100/;

async function readFile(state: State, path: string): Promise<string | undefined> {
  const entry = (await idsOf(state, [{ path }])).get(path);
  if (!entry) return undefined;
  if (!PLAIN_FILE.test(entry.mode) || entry.size > LARGEST_NOTE) return '';
  return (await state.git.run(['cat-file', 'blob', entry.id])).toString();
}

/** False when the branch is no longer where it was. */
async function push({ place: { remote, branch }, git, afterPush }: State, commit: string): Promise<boolean> {
  const pushed = await git.tryRun([
    'push',
    '--quiet',
    '--porcelain',
    '--',
    remote,
    `${commit}:refs/heads/${branch}`,
  ]);
  if (!pushed.ok && pushed.stdout.includes('\t[rejected]')) return false;
  if (!pushed.ok) throw pushed.error;
  await git.run(['update-ref', NEWEST, commit]);
  await afterPush(git);
  return true;
}
