import { messageOf } from '../core/faults.ts';
import type { Finding } from './findings.ts';

const part = 'console';

/** Whether the console answers at its address, and can send somebody to the identity provider. Nothing when there is no console. */
export async function examineConsole(
  url: string | undefined,
  timeoutMs: number,
): Promise<readonly Finding[]> {
  if (url === undefined) return [];
  try {
    const answer = await fetch(`${url}/sign-in`, {
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    await answer.body?.cancel();
    return [{ part, ...stateOf(url, answer) }];
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error; // fetch says only that it failed
    return [{ part, state: 'broken', what: `${url} does not answer: ${messageOf(cause)}.` }];
  }
}

/** The console answers its sign-in with the way to the identity provider, or with 503 when it cannot begin one. */
function stateOf(url: string, { status, headers }: Response): Pick<Finding, 'state' | 'what'> {
  const to = headers.get('location') ?? '';
  if (status === 303 && /^https?:\/\//i.test(to) && URL.canParse(to))
    return { state: 'ok', what: `The console answers at ${url}. People sign in at ${new URL(to).origin}.` };
  if (status === 503)
    return {
      state: 'broken',
      what: `Nobody can sign in at ${url}: either the identity provider or the ledger does not answer (see the log of the console), or a proxy answers and no console runs behind it.`,
    };
  return {
    state: 'broken',
    what: `${url}/sign-in answers with the status ${status} instead of sending people to the identity provider. Check CURFEW_CONSOLE_URL, and that the proxy sends requests and their Host to the console unchanged.`,
  };
}
