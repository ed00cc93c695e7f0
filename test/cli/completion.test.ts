import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RequestId } from '../../core/ids.ts';
import { newRequest, opening } from '../ledger/ledger.fixture.ts';
import { type Folder, openFolder } from './cli.fixture.ts';

const CURFEW = resolve(import.meta.dirname, '../../cli/curfew.mjs');

let folder: Folder;
let bin: string;
let pending: RequestId;
beforeAll(async () => {
  folder = await openFolder();
  pending = newRequest();
  await folder.ledger.open(opening(pending));
  bin = join(folder.home, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'curfew'), `#!/bin/sh\nexec '${process.execPath}' '${CURFEW}' "$@"\n`);
  chmodSync(join(bin, 'curfew'), 0o755);
});
afterAll(() => folder?.stop());

const hasShell = (shell: string): boolean => {
  const found = spawnSync(shell, ['--version']).status === 0;
  if (!found) console.log(`Left out the completion in ${shell}: it is not on this machine.`);
  return found;
};

/** Runs a script in a shell in which `curfew` is a command. */
function inShell(shell: string, args: readonly string[]): string {
  const { PATH, TMPDIR } = process.env;
  const { stdout, stderr } = spawnSync(shell, args, {
    cwd: folder.home,
    env: {
      PATH: `${bin}:${PATH}`,
      HOME: folder.home,
      TERM: 'xterm',
      CURFEW_HOME: folder.home,
      ...(TMPDIR ? { TMPDIR } : {}),
    },
    encoding: 'utf8',
  });
  return stdout + stderr;
}

/** A line to complete, and what the shell offers. */
const LINES: readonly (readonly [line: string, offered: readonly string[]])[] = [
  ['curfew li', ['list']],
  ['curfew audit st', ['story']],
  ['curfew list --st', ['--state']],
  ['curfew list --state pending,rev', ['pending,revoking']],
  ['curfew list --person a', ['ana', 'ada']],
  ['curfew request orders-l', ['orders-logs']],
];

describe('in bash', () => {
  const completed = (line: string): readonly string[] =>
    inShell('bash', [
      '--norc',
      '-c',
      `source <(curfew completion bash); complete -p curfew >&2 || exit 1
       COMP_LINE='${line}'; COMP_POINT=\${#COMP_LINE}; _curfew; printf '%s\\n' "\${COMPREPLY[@]}"`,
    ])
      .split('\n')
      .filter((text) => text !== '' && !text.startsWith('complete -F _curfew'));

  test.each(LINES)('%s', (line, offered) => expect(completed(line)).toEqual(offered));

  test('a request that waits is offered to who approves', () =>
    expect(completed('curfew approve ')).toEqual([pending.slice(-8)]));

  test('a word with a colon or an equals sign is completed behind it, as bash does', () => {
    expect(completed('curfew up --role provi')).toEqual(['provider:']);
    expect(completed('curfew list --state=clo')).toEqual(['closed']);
  });

  test('without a ledger and without a policy there is nothing, and no error', () => {
    expect(
      inShell('bash', ['--norc', '-c', 'cd /; CURFEW_HOME=/nowhere curfew complete -- list --person ""']),
    ).toBe('');
    expect(
      inShell('bash', ['--norc', '-c', 'cd /; CURFEW_HOME=/nowhere curfew complete -- approve ""']),
    ).toBe('');
  });
});

(hasShell('zsh') ? describe : describe.skip)('in zsh', () => {
  /** Presses Tab on a real line of zsh, and returns the screen once it has this text. It gives up after a minute. */
  const screen = (line: string, expected: string): string =>
    inShell('zsh', [
      '-f',
      '-c',
      `zmodload zsh/zpty
       zpty shell zsh -f -i
       zpty -w shell 'autoload -U compinit; compinit -u -D; PS1="> "; source <(curfew completion zsh); echo re""ady'
       while zpty -r shell text; do [[ $text == *ready* ]] && break; done
       zpty -n -w shell '${line}'$'\\t'
       seen=''
       for look in {1..600}; do
         zpty -r -t shell text && seen+=$text
         [[ $seen == *'${expected}'* ]] && break
         sleep 0.1
       done
       print -r -- "$seen"
       zpty -d shell`,
    ]).replaceAll(/\u001b\[[0-9;?]*[A-Za-z]/g, '');

  test('one candidate is written, and several are listed with what they mean', () => {
    expect(screen('curfew list --st', '--state')).toContain('curfew list --state');
    const people = screen('curfew list --person ', 'Sam Rao');
    for (const line of ['ana  -- Ana Ferreira', 'sam  -- Sam Rao']) expect(people).toContain(line);
  });
});

(hasShell('fish') ? describe : describe.skip)('in fish', () => {
  const completed = (line: string): string =>
    inShell('fish', ['--no-config', '-c', `curfew completion fish | source; complete -C '${line}'`]);

  test.each(LINES)('%s', (line, offered) =>
    expect(
      new Set(
        completed(line)
          .trimEnd()
          .split('\n')
          .map((each) => each.split('\t')[0]),
      ),
    ).toEqual(new Set(offered)),
  );

  test('a candidate has its meaning', () =>
    expect(completed('curfew request orders-l')).toBe('orders-logs\tOrders service logs in AWS\n'));
});
