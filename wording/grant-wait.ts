import { FAULTS } from '../core/faults.ts';
import type { GrantWait, WaitSince } from '../core/request/grant-wait.ts';
import { code, instant, list, type Phrase, phrase } from './phrase.ts';

/** For what an approved grant waits, and since when. */
export function grantWaitPhrase(wait: WaitSince): Phrase {
  const since = instant(wait.since, 'since ');
  switch (wait.kind) {
    case 'log':
      return phrase`The access waits for the audit log ${since}: nothing is granted before the approval is published in it.${withheldBy(wait.witnesses)}`;
    case 'rate':
      return phrase`The access waits ${since} for its turn at ${code(wait.provider)}, which limits the rate of our calls.`;
    case 'vendor':
      return phrase`The access waits for ${code(wait.provider)} ${since}, which does not answer.`;
    case 'person':
      return phrase`The access waits ${since} until the person does something at ${code(wait.provider)}, such as accepting an invitation.`;
    case 'first-attempt':
      return phrase`The access waits ${since} for a first attempt at ${code(wait.provider)}. The part of Curfew that grants there, or Temporal, may not run.`;
    case 'other':
      return phrase`The access has waited ${since}. ${[FAULTS[wait.fault].text]}`;
  }
}

function withheldBy(witnesses: readonly string[] = []): Phrase {
  if (witnesses.length === 0) return [];
  return phrase` The log is not signed by ${list(witnesses.map(code))}. Tell the people who run Curfew: ${code('curfew doctor')} says what to do.`;
}

/** The same in a few words, for a list. */
export function grantWaitWords(wait: GrantWait): string {
  switch (wait.kind) {
    case 'log':
      return 'the audit log';
    case 'rate':
      return `its turn at ${wait.provider}`;
    case 'vendor':
      return `${wait.provider}, which does not answer`;
    case 'person':
      return `the person, at ${wait.provider}`;
    case 'first-attempt':
      return `a first attempt at ${wait.provider}`;
    case 'other':
      return wait.fault;
  }
}
