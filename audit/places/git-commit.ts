import { once } from 'node:events';
import type { Git } from './git-command.ts';
import type { LogFile } from './place.ts';

/** A commit that is being made. It is streamed to `git fast-import`, so that a large log needs no memory and no work tree. */
export interface Commit {
  add(files: readonly LogFile[]): Promise<void>;
  /** Makes the commit, and returns its id. */
  commit(message: string): Promise<string>;
  /** Ends without a commit. */
  discard(): void;
}

const AUTHOR = 'Curfew <curfew@localhost>';
const COMMAND = ['fast-import', '--quiet', '--done', '--force', '--date-format=now'];
/** The clone's name for a commit that may not be pushed yet. */
export const NEXT = 'refs/curfew/next';

/** Begins a commit on another one, or the first one of a branch. */
export function openCommit(git: Git, parent: string | undefined): Commit {
  const child = git.start(COMMAND);
  const { stdin } = child;
  let stderr = '';
  child.stderr?.on('data', (part: Buffer) => (stderr += part.toString()));
  stdin?.on('error', () => undefined); // The end of the process says why.
  const ended = new Promise<void>((resolve, reject) => {
    child.on('error', (error) => reject(git.failed(COMMAND, error)));
    child.on('close', (code) =>
      code === 0
        ? resolve()
        : reject(git.failed(COMMAND, Object.assign(new Error(`it ended with ${code}`), { stderr }))),
    );
  });
  ended.catch(() => undefined);
  const write = async (part: string | Uint8Array): Promise<void> => {
    if (stdin && !stdin.write(part) && child.exitCode === null)
      await Promise.race([once(stdin, 'drain').catch(() => undefined), ended]);
  };
  const changes: string[] = [];
  return {
    async add(files) {
      for (const { path, bytes } of files) {
        const mark = changes.push(`M 100644 :${changes.length + 1} ${path}\n`);
        await write(`blob\nmark :${mark}\ndata ${bytes.length}\n`);
        await write(bytes);
        await write('\n');
      }
    },
    async commit(message) {
      const from = parent === undefined ? '' : `from ${parent}\n`;
      const data = `data ${Buffer.byteLength(message)}\n${message}\n`;
      await write(`commit ${NEXT}\ncommitter ${AUTHOR} now\n${data}${from}${changes.join('')}\ndone\n`);
      stdin?.end();
      await ended;
      return (await git.run(['rev-parse', '--verify', NEXT])).toString().trim();
    },
    discard: () => void child.kill(),
  };
}
