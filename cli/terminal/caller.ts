import { userInfo } from 'node:os';
import { OF_A_PROVIDER } from '../../app/parts.ts';
import { clickIdOfRequest, type PersonId, type RequestId } from '../../core/ids.ts';
import type { Ledger } from '../../ledger/index.ts';
import { type Directory, formatProblem, personOf, type Problem as Mistake } from '../../policy/index.ts';
import { accountActingAs } from '../../requests/acting-as.ts';
import { assertNoneWrong, type Context } from './context.ts';
import { CommandError } from './exit.ts';
import { personNamed } from './person-argument.ts';

export type CommandLineCaller = Readonly<{ via: 'cli'; account: string; person: PersonId }>;

/**
 * Who acts at this command line: verified by the login of the operating system, or chosen in the sandbox. `ending`
 * is the request whose access the person ends or withdraws, or that they end many at once. The requester may do that also while the policy cannot be
 * read or no longer names them, and people.yaml alone says who somebody else is, because ending access must not wait (I14).
 */
export async function whoActs(
  { connections, deps, problems }: Context,
  as: string | undefined,
  ending?: RequestId | 'many',
): Promise<CommandLineCaller> {
  if (as !== undefined && connections.kind === 'real')
    throw new CommandError(
      'notAllowed',
      '--as is for the sandbox. With real services everybody acts as themselves.',
    );
  const login = userInfo().username;
  const account = as === undefined ? login : accountActingAs(login, as);
  const policy = await deps.policy.current();
  const directory = policy.ok ? policy.value.directory : ending && (await deps.policy.activePeople());
  const named = directory && personIn(directory, as, login);
  const person =
    named ??
    (ending === undefined || ending === 'many' ? undefined : await requesterOf(deps.ledger, ending, account));
  if (person) return { via: 'cli', account, person };
  if (!policy.ok) throwUnreadable(policy.error, problems);
  if (as !== undefined) personNamed(policy.value, as);
  throw new CommandError(
    'notAllowed',
    `Nobody in people.yaml has the account "unix: ${login}".\n  to do: ${connections.kind === 'sandbox' ? 'say who you are with --as, for example --as ana' : 'the operator of Curfew can add it'}.`,
  );
}

/** Says why the policy cannot be read: a wrong setting, without which a target cannot be read, or the mistakes in its files. */
export function throwUnreadable(mistakes: readonly Mistake[], problems: Context['problems']): never {
  assertNoneWrong(problems.filter(({ setting }) => OF_A_PROVIDER.test(setting)));
  throw new CommandError(
    'failed',
    ['The policy cannot be read:', ...mistakes.map(formatProblem)].join('\n  '),
  );
}

const personIn = (directory: Directory, as: string | undefined, login: string): PersonId | undefined =>
  as === undefined ? personOf(directory, 'unix', login)?.id : directory.people.get(as as PersonId)?.id;

/** The person who opened the request at the command line with this account. */
async function requesterOf(
  ledger: Ledger,
  request: RequestId,
  account: string,
): Promise<PersonId | undefined> {
  const click = await ledger.readClick(clickIdOfRequest(request));
  return click?.via === 'cli' && click.account === account && click.person ? click.person : undefined;
}
