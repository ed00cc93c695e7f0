const LONGEST = 2000;
/** A path of this server. With two slashes, or a backslash, a browser takes it for another server. */
const PATH = /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/;

/** Where a person goes after they signed in. Anything else than a page of the console is the first page (T27). */
export function pathAfterSignIn(wanted: string | undefined): string {
  const isPage = wanted !== undefined && wanted.length <= LONGEST && PATH.test(wanted);
  return isPage && !wanted.startsWith('/sign-') ? wanted : '/';
}
