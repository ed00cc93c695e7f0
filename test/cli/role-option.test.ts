import { describe, expect, test } from '@jest/globals';
import type { Parts } from '../../app/parts.ts';
import { addRole, partsOf, usesOf } from '../../cli/terminal/role-option.ts';

const CONFIGURED = ['aws-iam', 'github'];
const rolesOf = (options: readonly string[]) =>
  options.reduce<ReturnType<typeof addRole>>((before, text) => addRole(text, before), []);
const NOTHING: Parts = {
  gateway: false,
  workflows: false,
  sweeper: false,
  sequencer: false,
  streamer: false,
  console: false,
  providers: [],
};

describe('what the options --role run, and what they connect to', () => {
  test.each<[readonly string[], Parts, ReturnType<typeof usesOf>]>([
    [
      [],
      {
        gateway: true,
        workflows: true,
        sweeper: true,
        sequencer: true,
        streamer: true,
        console: true,
        providers: CONFIGURED,
      },
      { temporal: true, slack: true },
    ],
    [['gateway'], { ...NOTHING, gateway: true }, { temporal: false, slack: true }],
    [['worker'], { ...NOTHING, workflows: true }, { temporal: true, slack: false }],
    [['sweeper'], { ...NOTHING, sweeper: true }, { temporal: false, slack: false }],
    [['sequencer'], { ...NOTHING, sequencer: true }, { temporal: false, slack: false }],
    [['streamer'], { ...NOTHING, streamer: true }, { temporal: false, slack: false }],
    [['console'], { ...NOTHING, console: true }, { temporal: false, slack: false }],
    [['provider:aws-iam'], { ...NOTHING, providers: ['aws-iam'] }, { temporal: true, slack: false }],
    [
      ['worker', 'sweeper', 'provider:github', 'provider:azure'],
      { ...NOTHING, workflows: true, sweeper: true, providers: ['github', 'azure'] },
      { temporal: true, slack: false },
    ],
  ])('%j', (options, parts, uses) => {
    expect(partsOf(rolesOf(options), CONFIGURED)).toEqual(parts);
    expect(usesOf(rolesOf(options))).toEqual(uses);
  });

  test('the name of a provider is all that follows the first colon', () => {
    expect(addRole('provider:github:2', [])).toEqual([{ kind: 'provider', name: 'github:2' }]);
  });

  test.each([
    ...['admin', 'provider', 'provider:', 'Gateway', ''],
    ...['gateway:', 'gateway:github', 'worker:2', 'sweeper,worker', ' worker', 'xprovider:github'],
  ])('"%s" is no role', (text) =>
    expect(() => addRole(text, [])).toThrow(
      'The role is gateway, worker, sweeper, sequencer, streamer, console or provider:<name>.',
    ),
  );
});
