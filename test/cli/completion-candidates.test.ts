import { describe, expect, test } from '@jest/globals';
import { candidatesFor, type Sources } from '../../cli/completion/candidates.ts';
import { createProgram } from '../../cli/program.ts';

const named = (...texts: readonly string[]) => Promise.resolve(texts.map((text) => ({ text, means: '' })));
const SOURCES: Sources = {
  people: () => named('ana', 'ada', 'bo'),
  entitlements: () => named('orders-db', 'orders-logs', 'aws-admins'),
  searchable: () =>
    Promise.resolve({
      person: [{ id: 'ana', names: ['Ana Silva'] }],
      entitlement: [],
      provider: [{ id: 'github', names: [] }],
    }),
  requests: (command) => named(`${command}-1`, `${command}-2`),
};

/** What the shell offers for a line, whose last word may be empty. */
const offered = async (line: string): Promise<readonly string[]> =>
  (await candidatesFor(createProgram(), line.split(' '), SOURCES)).map(({ text }) => text);

describe('the completion offers', () => {
  test.each<[string, string, readonly string[]]>([
    ['commands that begin like the word', 'a', ['approve', 'audit']],
    ['inner commands', 'audit st', ['story']],
    ['commands behind help', 'help li', ['list']],
    ['nothing behind a finished command without arguments', 'migrate ', []],
    ['options', 'list --st', ['--state']],
    ['options that are not used yet', 'list --state active --st', []],
    ['options of a command behind its arguments', 'approve abcd --d', ['--digest']],
    ['no option where its value must stand', 'list --person --', []],
    ['entitlements of a request', 'request orders', ['orders-db', 'orders-logs']],
    ['lengths behind the entitlement', 'request orders-db 1', ['1h', '1d']],
    ['nothing in place of a reason', 'request orders-db 1h ', []],
    ['entitlements to explain', 'explain aw', ['aws-admins']],
    ['people of an option', 'list --person a', ['ana', 'ada']],
    ['people of a short option', 'list -w b', ['bo']],
    ['people to act as', 'request orders-db 1h why --as a', ['ana', 'ada']],
    ['entitlements of an option', 'list -e aws', ['aws-admins']],
    ['states', 'list --state p', ['pending']],
    ['ways to end', 'list -s d', ['denied']],
    ['one more state behind a comma', 'list -s denied,ex', ['denied,expired']],
    ['no state twice', 'list -s denied,den', []],
    ['the value of an option with an equals sign', 'list --state=clo', ['--state=closed']],
    ['fields', 'list --fields id,rea', ['id,reason']],
    ['formats', 'list -o j', ['json', 'jsonl']],
    ['formats of a command without CSV', 'audit story abcd -o c', []],
    ['shells', 'completion z', ['zsh']],
    ['roles', 'up --role g', ['gateway']],
    ['requests of the command', 'approve ', ['approve-1', 'approve-2']],
    ['requests of an inner command', 'audit story ', ['story-1', 'story-2']],
    ['a request for a password', 'password ', ['password-1', 'password-2']],
    ['nothing behind two dashes that begins with a dash', 'request -- --as', []],
    ['keys of a search', 'audit requests sta', ['state:']],
    ['values of a search, in any word', 'audit requests state:active person:a', ['person:ana']],
    ['one more value of a search', 'audit requests state:active,p', ['state:active,pending']],
    ['nothing for a command that does not exist', 'lst ', []],
  ])('%s', async (_what, line, texts) => expect(await offered(line)).toEqual(texts));

  test('every command that people use, with what it means', async () => {
    const all = await candidatesFor(createProgram(), [''], SOURCES);
    expect(all.map(({ text }) => text)).toEqual(expect.arrayContaining(['list', 'password', 'help']));
    expect(all.map(({ text }) => text)).not.toContain('complete');
    expect(all.every(({ means }) => means.length > 5)).toBe(true);
  });

  test('every option of a list', async () => {
    expect(await offered('list --')).toEqual([
      ...['--all', '--state', '--person', '--entitlement', '--waiting-for', '--since', '--limit'],
      ...['--before', '--fields', '--watch', '--output', '--json', '--csv', '--help'],
    ]);
  });
});
