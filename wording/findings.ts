import type { Finding, FindingRefusal } from '../core/findings/finding.ts';
import { emphasis, instant, list, type Phrase, person, phrase, quoted } from './phrase.ts';

/** What was found, in one sentence. `who` is the person of the account, when people.yaml has one. */
export function findingSentence(finding: Finding, who: Phrase | undefined): Phrase {
  const { kind, what, provider, lease } = finding;
  const account = accountPhrase(finding, who);
  if (kind === 'mark')
    return phrase`${quoted(what)} at ${[provider]} carries the mark of Curfew, and no live lease has it. Its account is ${account}.`;
  const has = phrase`${account} has ${emphasis(levelPhrase(finding))}: ${quoted(what)}.`;
  return lease === undefined
    ? phrase`${has} No request gave this access.`
    : phrase`${has} A request gave this access, and it is over.`;
}

/** The account with the person of it, when people.yaml has one. */
export function accountPhrase({ subject, provider }: Finding, who: Phrase | undefined): Phrase {
  const account = phrase`the account ${quoted(subject.name)} at ${[provider]}`;
  return who ? phrase`${who} (${account})` : phrase`${account}, which nobody in people.yaml has,`;
}

const levelPhrase = ({ level }: Finding): Phrase => quoted(level);

/** Where the access comes from, besides the own entry of the account. */
export const sourcesPhrase = ({ sources, level }: Finding): Phrase =>
  sources.length === 0
    ? phrase`By an entry of the account itself, with the level ${quoted(level)}.`
    : phrase`Also ${list(sources.map((source) => phrase`${quoted(source.level)} ${quoted(source.through)}`))}.`;

/** Since when it is known, and what became of it. `why` of a finding that is over is a sentence. */
export function findingStatus({
  state,
  firstSeen,
  closedAt,
  closedBy,
  why,
  pending,
  problem,
}: Finding): Phrase {
  const first = phrase`First seen${instant(firstSeen, ' ')}.`;
  if (state !== 'open')
    return phrase`${first} ${overPhrase({ state, closedBy })}${closedAt === undefined ? [] : instant(closedAt, ', ')}. ${quoted(why ?? '')}`;
  if (!pending) return problem === undefined ? first : phrase`${first} ${quoted(problem)}`;
  const doing = pending.kind === 'adopt' ? 'is being adopted' : 'is being revoked';
  const failed =
    problem === undefined ? [] : phrase` The last attempt failed: ${quoted(problem)}. Curfew tries again.`;
  return phrase`${first} It ${[doing]}, as ${person(pending.by)} decided.${failed}`;
}

const OVER = {
  open: 'Open',
  adopted: 'Standing access',
  revoked: 'Revoked',
  gone: 'Gone at the provider',
} as const satisfies Readonly<Record<Finding['state'], string>>;

const overPhrase = ({
  state,
  closedBy,
}: Pick<Finding, 'state'> & { closedBy: Finding['closedBy'] }): Phrase =>
  closedBy === undefined ? [OVER[state]] : phrase`${[OVER[state]]}, decided by ${person(closedBy)}`;

/** Why nobody can decide about a finding any more. */
export function findingOverPhrase({
  state,
  by,
  pending,
}: Extract<FindingRefusal, { code: 'finding-over' }>): Phrase {
  const who = by === undefined ? [] : phrase` by ${person(by)}`;
  if (pending)
    return phrase`This is being ${[pending === 'adopt' ? 'adopted' : 'revoked']} already, as decided${who}. Nothing was changed.`;
  const how = { open: 'decided', adopted: 'adopted', revoked: 'revoked', gone: 'gone' }[state];
  return phrase`This is ${[how]} already${who}. Nothing was changed.`;
}

/** What a revocation of this finding removes, exactly, and what it leaves. */
export function revocationPhrase(finding: Finding): Phrase {
  const { kind, level, what, subject, sources } = finding;
  if (kind === 'mark') return phrase`Curfew removes ${quoted(what)} from ${quoted(subject.name)}.`;
  const left =
    sources.length === 0
      ? []
      : phrase` It leaves what comes from elsewhere: ${list(sources.map((source) => phrase`${quoted(source.level)} ${quoted(source.through)}`))}.`;
  return phrase`Curfew removes the entry ${quoted(level)} of the account ${quoted(subject.name)}: ${quoted(what)}. What live requests and the state before them give is kept.${left}`;
}
