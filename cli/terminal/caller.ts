import { userInfo } from 'node:os';
import { clickIdOfRequest, type PersonId, type RequestId } from '../../core/ids.ts';
import type { Ledger } from '../../ledger/index.ts';
import { formatProblem } from '../../policy/index.ts';
import type { Context } from './context.ts';
import { CommandError } from './exit.ts';
import { personNamed } from './person-argument.ts';

export const AS_HELP = `
You act as yourself: as the person in people.yaml who has the account "unix: <your login>".
Only in the sandbox can you act as somebody else, with --as. Curfew records the login and that
you used the command line.`;

export type CommandLineCaller = Readonly<{ via: 'cli'; account: string; person: PersonId }>;

/**
 * Who acts at this command line: verified by the login of the operating system, or chosen in the sandbox. `ending`
 * is the request whose access the person ends or withdraws. Its requester is known also while the policy cannot be
 * read, because ending access must not wait (I14).
 */
export async function whoActs(
  { connections, deps }: Context,
  as: string | undefined,
  ending?: RequestId,
): Promise<CommandLineCaller> {
  const policy = await deps.policy.current();
  const requester =
    policy.ok || ending === undefined ? undefined : await requesterOf(deps.ledger, ending, as);
  if (requester) return requester;
  if (!policy.ok)
    throw new CommandError(
      'failed',
      ['The policy cannot be read:', ...policy.error.map(formatProblem)].join('\n  '),
    );
  const login = userInfo().username;

  if (as !== undefined) {
    if (!connections.sandbox)
      throw new CommandError(
        'notAllowed',
        '--as is for the sandbox. With real services everybody acts as themselves.',
      );
    return { via: 'cli', account: accountOf(login, as), person: personNamed(policy.value, as).id };
  }
  const person = await deps.policy.personOf('unix', login);
  if (person) return { via: 'cli', account: login, person: person.id };
  throw new CommandError(
    'notAllowed',
    `Nobody in people.yaml has the account "unix: ${login}".\n  to do: ${connections.sandbox ? 'say who you are with --as, for example --as ana' : 'the operator of Curfew can add it'}.`,
  );
}

const accountOf = (login: string, as: string | undefined): string =>
  as === undefined ? login : `${login} as ${as}`;

async function requesterOf(
  ledger: Ledger,
  request: RequestId,
  as: string | undefined,
): Promise<CommandLineCaller | undefined> {
  const click = await ledger.readClick(clickIdOfRequest(request));
  const account = accountOf(userInfo().username, as);
  return click?.via === 'cli' && click.account === account && click.person
    ? { via: 'cli', account, person: click.person }
    : undefined;
}
