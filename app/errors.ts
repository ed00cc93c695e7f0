/**
 * An error whose message is complete: what happened, where, and what to do. It is shown as it is, without a stack.
 */
export class UserFacingError extends Error {}

/** The errno of a failed system call (`ENOENT`, `EACCES`, ...), or undefined for any other error. */
export const errnoOf = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;
