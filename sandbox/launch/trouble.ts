/** What can stop Curfew from starting. Each is one message with a way out. */
export type TroubleCode =
  | 'home-in-use'
  | 'no-disk'
  | 'not-writable'
  | 'port-in-use'
  | 'no-network'
  | 'tool-missing'
  | 'tool-corrupt'
  | 'wrong-version'
  | 'did-not-start';

type Story = Readonly<{
  /** What happened, as one sentence without a full stop. */
  what: string;
  /** The file, folder or address it happened at. */
  where: string;
  /** What the reader can do about it. */
  remedy: string;
}>;

/** Curfew, or a part it starts on this machine, cannot start. The message is meant to be shown as it is. */
export class LaunchError extends Error {
  override readonly name = 'Trouble';
  readonly code: TroubleCode;
  readonly story: Story;

  constructor(code: TroubleCode, story: Story, options?: ErrorOptions) {
    super(`${story.what}.\n  where: ${story.where}\n  to do: ${story.remedy}`, options);
    this.code = code;
    this.story = story;
  }
}

/** The errno of a failed system call (`ENOENT`, `EACCES`, ...), or undefined for any other error. */
export const errnoOf = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;

const DISK: Readonly<Record<string, [TroubleCode, string, string]>> = {
  ENOSPC: ['no-disk', 'The disk is full', 'Free some space there, or name another folder with CURFEW_HOME.'],
  EDQUOT: [
    'no-disk',
    'The disk quota is used up',
    'Free some space, or name another folder with CURFEW_HOME.',
  ],
  EROFS: ['not-writable', 'The file system is read-only', 'Name a writable folder with CURFEW_HOME.'],
  EACCES: [
    'not-writable',
    'The folder may not be written',
    'Change its owner, or name another with CURFEW_HOME.',
  ],
  EPERM: [
    'not-writable',
    'The folder may not be written',
    'Change its owner, or name another with CURFEW_HOME.',
  ],
  ENOTDIR: [
    'not-writable',
    'A file stands where a folder should be',
    'Move it away, or name another folder with CURFEW_HOME.',
  ],
};

/** Turns a full, read-only or forbidden disk into a `Trouble`; gives any other error back unchanged. */
export function diskTrouble(error: unknown, where: string): unknown {
  const known = DISK[errnoOf(error) ?? ''];
  if (!known) return error;
  const [code, what, remedy] = known;
  return new LaunchError(code, { what, where, remedy }, { cause: error });
}
