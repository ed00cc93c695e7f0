import type { ConsoleConnection } from './console-connection.ts';
import type { Parts } from './login-check.ts';

/** Why a process with these parts does not start with these settings of the console, or undefined. */
export function consoleProblem(
  connection: ConsoleConnection | undefined,
  { console }: Pick<Parts, 'console'>,
  isSplit: boolean,
): string | undefined {
  if (isSplit && console && !connection)
    return [
      'The console needs CURFEW_CONSOLE_URL, CURFEW_OIDC_ISSUER, CURFEW_OIDC_CLIENT_ID and CURFEW_OIDC_CLIENT_SECRET.',
      '  to do: register the console at your OpenID provider, with the redirect address <CURFEW_CONSOLE_URL>/sign-in/return (docs/console.md).',
    ].join('\n');
  if (isSplit && !console && connection)
    return [
      'CURFEW_OIDC_CLIENT_SECRET is set, and this process does not run the console.',
      '  to do: leave the CURFEW_OIDC_ settings out here.',
    ].join('\n');
  return undefined;
}
