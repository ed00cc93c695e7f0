import { InvalidArgumentError } from 'commander';
import type { Parts } from '../../app/parts.ts';
import type { Uses } from '../../app/settings/connections-from-settings.ts';

/** What one `--role` option names. */
export type Role = Readonly<
  | { kind: 'gateway' | 'worker' | 'sweeper' | 'sequencer' | 'streamer' | 'console' }
  | { kind: 'provider'; name: string }
>;

export const ROLE_KINDS = ['gateway', 'worker', 'sweeper', 'sequencer', 'streamer', 'console'] as const;

/** Reads one `--role` option and adds it to those before. */
export const addRole = (text: string, before: readonly Role[]): readonly Role[] => [
  ...before,
  parseRole(text),
];

function parseRole(text: string): Role {
  const [, name] = /^provider:(.+)$/.exec(text) ?? [];
  if (name !== undefined) return { kind: 'provider', name };
  const known = ROLE_KINDS.find((kind) => kind === text);
  if (known !== undefined) return { kind: known };
  throw new InvalidArgumentError(
    'The role is gateway, worker, sweeper, sequencer, streamer, console or provider:<name>.',
  );
}

/** What these roles run. `providers` are those whose activities the process runs. No role means every part and every provider that is `configured`. */
export function partsOf(roles: readonly Role[], configured: readonly string[]): Parts {
  const all = roles.length === 0;
  const has = (kind: Role['kind']): boolean => all || roles.some((role) => role.kind === kind);
  const named = roles.flatMap((role) => (role.kind === 'provider' ? [role.name] : []));
  return {
    gateway: has('gateway'),
    workflows: has('worker'),
    sweeper: has('sweeper'),
    sequencer: has('sequencer'),
    streamer: has('streamer'),
    console: has('console'),
    providers: all ? configured : named,
  };
}

/** What these roles connect to. */
export function usesOf(roles: readonly Role[]): Uses {
  const { gateway, workflows, providers } = partsOf(roles, []);
  return { temporal: workflows || providers.length > 0, slack: gateway };
}
