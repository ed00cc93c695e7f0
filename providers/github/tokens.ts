import { Fault } from '../../core/faults.ts';
import type { Scope } from './client.ts';

type Mint = (scope: Scope, signal: AbortSignal) => Promise<string>;

/** The installation tokens of one process. */
export type Tokens = Readonly<{
  /** One token for all calls with the same scope. For a repository each attempt makes one, because the answer says whether the repository exists. */
  tokenFor(scope: Scope, signal: AbortSignal): Promise<string>;
  /**
   * GitHub refused a call with this token, so it is used no more. Throws a fault that is tried again when the token is old: the permissions of
   * the App may have changed since.
   */
  refuse(scope: Scope, token: string): void;
}>;

/** A token costs five of the 900 points of a minute. "The installation access token will expire after 1 hour." */
const USED_MS = 50 * 60_000;
/** One pass of the reaper ends many accesses to one repository. */
const USED_OF_REPOSITORY_MS = 50_000;
const OLD_MS = 60_000;
const AGAIN_MS = 1_000;

type StoredToken = Readonly<{ token: Promise<string>; text?: string; since: number; until: number }>;

export function openTokens(
  mint: Mint,
  { timeoutMs, onlyRemoves }: Readonly<{ timeoutMs: number; onlyRemoves: boolean }>,
): Tokens {
  const tokens = new Map<string, StoredToken>();
  const keyOf = (scope: Scope): string => JSON.stringify(scope);
  return {
    tokenFor(scope, signal) {
      if (scope.repository && !onlyRemoves) return mint(scope, signal);
      const key = keyOf(scope);
      const since = performance.now();
      const known = tokens.get(key);
      if (known && known.until > since) return known.token;
      for (const [each, { until }] of tokens) if (until <= since) tokens.delete(each);
      // Nobody's signal ends the call for the token of others.
      const token = mint(scope, AbortSignal.timeout(timeoutMs));
      const made: StoredToken = {
        token,
        since,
        until: since + (scope.repository ? USED_OF_REPOSITORY_MS : USED_MS),
      };
      tokens.set(key, made);
      token.then(
        (text) => void (tokens.get(key) === made && tokens.set(key, { ...made, text })),
        () => void (tokens.get(key) === made && tokens.delete(key)),
      );
      return token;
    },
    refuse(scope, token) {
      const key = keyOf(scope);
      const known = tokens.get(key);
      if (known?.text !== token) return;
      tokens.delete(key);
      if (performance.now() - known.since > OLD_MS)
        throw new Fault('provider-unavailable', 'github: it refused a token that is some minutes old', {
          retryAfterMs: AGAIN_MS,
        });
    },
  };
}
