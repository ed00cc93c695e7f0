import { userInfo } from 'node:os';
import { parsePersonId } from '../../core/ids.ts';
import { ask, isInteractive } from '../terminal/ask.ts';
import { CommandError } from '../terminal/exit.ts';
import { personIsKnown } from '../terminal/known-names.ts';
import { writeLine } from '../terminal/output.ts';
import { ownerConnection } from '../terminal/context.ts';

/** `curfew audit erase` */
export async function runErase(text: string, { yes }: Readonly<{ yes?: true }>): Promise<void> {
  const person = parsePersonId(text);
  if (!person.ok) throw new CommandError('usage', `"${text.slice(0, 80)}" is not the id of a person.`);
  const { config, migrationUrl } = ownerConnection();
  if (!yes) await askOnceMore(person.value);
  const { erasePerson, isNothing } = await import('../../ledger/erasure/erase.ts');
  const erased = await erasePerson(migrationUrl, {
    person: person.value,
    by: userInfo().username,
  });
  if (isNothing(erased)) {
    await personIsKnown(config, person.value);
    writeLine(`The ledger has nothing of ${person.value} that can be erased.`);
    return;
  }
  const { requests, texts, open, unsettled } = erased;
  writeLine(`Erased: ${texts} texts, and the name of ${person.value} in ${requests} closed requests.`);
  if (open > 0)
    writeLine(`Left alone: ${open} requests that are not closed yet. Run it again when they are.`);
  if (unsettled > 0)
    writeLine(
      `Left alone: the accounts in ${unsettled} closed requests, because a provider may still be asked about them. Run it again later.`,
    );
}

async function askOnceMore(person: string): Promise<void> {
  if (!isInteractive())
    throw new CommandError('usage', 'Erasing cannot be undone. Without a terminal, say so with --yes.');
  const answer = await ask(`Erase the texts and the name of ${person}? This cannot be undone. Type the id: `);
  if (answer !== person) throw new CommandError('failed', 'Nothing was erased.');
}
