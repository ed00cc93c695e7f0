import { errnoOf, UserFacingError } from '../../app/errors.ts';

/** Why the demo cannot start. docs/errors.md explains each code and what to do. */
export type LaunchErrorCode =
  | 'home-in-use'
  | 'no-disk'
  | 'not-writable'
  | 'port-in-use'
  | 'no-network'
  | 'tool-missing'
  | 'tool-corrupt'
  | 'wrong-version'
  | 'did-not-start';

type Explanation = Readonly<{
  /** What happened, as one sentence without a full stop. */
  what: string;
  where: string;
  /** What the reader can do about it. */
  remedy: string;
}>;

/** The demo, or a server that it starts on this machine, cannot start. */
export class LaunchError extends UserFacingError {
  override readonly name = 'LaunchError';
  readonly code: LaunchErrorCode;
  /** The file, folder or address it happened at. */
  readonly where: string;

  constructor(code: LaunchErrorCode, { what, where, remedy }: Explanation, options?: ErrorOptions) {
    super(`${what}.\n  where: ${where}\n  to do: ${remedy}`, options);
    this.code = code;
    this.where = where;
  }
}

const DISK: Readonly<Record<string, [LaunchErrorCode, string, string]>> = {
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
    'There is a file where a folder should be',
    'Move it away, or name another folder with CURFEW_HOME.',
  ],
};

/** A `LaunchError` for a disk that is full, read-only or forbidden. Any other error is returned unchanged. */
export function diskErrorOf(error: unknown, where: string): unknown {
  const known = DISK[errnoOf(error) ?? ''];
  if (!known) return error;
  const [code, what, remedy] = known;
  return new LaunchError(code, { what, where, remedy }, { cause: error });
}
