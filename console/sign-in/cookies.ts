import { createHash, randomBytes } from 'node:crypto';
import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';

/**
 * The cookies of the console. A browser accepts a name with `__Host-` only over TLS or from this machine, for this host alone and for every path, so
 * no other host can set it (RFC 6265bis, 4.1.3.2).
 */
export type CookieName = '__Host-curfew-session' | '__Host-curfew-sign-in';

const OPTIONS = { path: '/', secure: true, httpOnly: true, sameSite: 'Lax' } as const;

/** Gives the browser a new id of 256 random bits until it is closed, and returns the hash of it. */
export function giveId(c: Context, name: CookieName): Buffer {
  const id = randomBytes(32).toString('base64url');
  setCookie(c, name, id, OPTIONS);
  return hashOf(id);
}

/** The hash of the id that the browser has; undefined when it has none. */
export function idHashIn(c: Context, name: CookieName): Buffer | undefined {
  const id = getCookie(c, name);
  return id === undefined || id === '' ? undefined : hashOf(id);
}

export const takeId = (c: Context, name: CookieName): void => void deleteCookie(c, name, OPTIONS);

const hashOf = (id: string): Buffer => createHash('sha256').update(id).digest();

const LONGEST = 2000;
/** A path of this server. With two slashes, or a backslash, a browser takes it for another server. */
const PATH = /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/;

/** Where a person goes after they signed in. Anything else than a page of the console is the first page (T27). */
export function pathAfterSignIn(wanted: string | undefined): string {
  const isPage = wanted !== undefined && wanted.length <= LONGEST && PATH.test(wanted);
  return isPage && !wanted.startsWith('/sign-') ? wanted : '/';
}
