/** The outcome of something that may be refused or unreadable. It is a value, not an exception. */
export type Result<T, E> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E };

export const ok = <T>(value: T): Result<T, never> => ({ ok: true, value });
export const no = <E>(error: E): Result<never, E> => ({ ok: false, error });

/** Ends a `switch` over a union, so that it does not compile while a variant is missing. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
