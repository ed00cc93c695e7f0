import { userInfo } from 'node:os';
import type { PersonId } from '../core/ids.ts';
import { nearest } from '../core/nearest.ts';
import { spell } from '../policy/index.ts';
import type { Context } from './context.ts';
import { Stop } from './exit.ts';

export const AS_HELP = `
You act as yourself: the person in people.yaml whose accounts have "unix: <your login>".
Only in the sandbox may you act as somebody else, with --as. What you do is written down as
done at the command line, by that login.`;

/** Who acts at this command line: verified by the machine's login, or chosen in the sandbox. */
export async function whoActs(
  { parts, deps }: Context,
  as: string | undefined,
): Promise<{ account: string; person: PersonId }> {
  const policy = await deps.policy.current();
  if (!policy.ok)
    throw new Stop('failed', ['The policy cannot be read:', ...policy.error.map(spell)].join('\n  '));
  const { directory } = policy.value;
  const login = userInfo().username;

  if (as !== undefined) {
    if (!parts.sandbox)
      throw new Stop('notAllowed', '--as is for the sandbox. On real parts everybody acts as themselves.');
    const person = directory.people.get(as as PersonId);
    if (person) return { account: `${login} as ${as}`, person: person.id };
    const guess = nearest(as, directory.people.keys());
    throw new Stop('notFound', `Nobody is called "${as}".${guess ? ` Did you mean "${guess}"?` : ''}`);
  }
  const person = await deps.policy.personOf('unix', login);
  if (person) return { account: login, person: person.id };
  throw new Stop(
    'notAllowed',
    `Nobody in people.yaml has the account "unix: ${login}".\n  to do: ${parts.sandbox ? 'say who you are with --as, for example --as ana' : 'ask the person who runs Curfew to add it'}.`,
  );
}
