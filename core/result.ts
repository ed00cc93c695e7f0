/** The outcome of something that may be refused or unreadable. It is a value, not an exception. */
export type Result<T, E> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E };

export const ok = <T>(value: T): Result<T, never> => ({ ok: true, value });
export const no = <E>(error: E): Result<never, E> => ({ ok: false, error });

/** Ends a `switch` over a union, so that it does not compile while a variant is missing. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}

/**
 * Ends a `switch` over recorded data. It does not compile while a variant is missing. At run time a newer version may have
 * recorded a variant that this one does not know: it is skipped, because a version that was rolled back must still end
 * access (F28).
 */
export const skipNewer = (_value: never): void => undefined;
