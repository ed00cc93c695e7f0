import type { PolicySet } from '../files/policy-set.ts';
import type { Submission } from '../judge/verdict.ts';
import { type Finding, pass, refuse, type Rule } from './rule.ts';

/** The requester is an active person of the directory (T07). */
export const knownPerson: Rule = {
  id: 'known-person',
  wanted: 'The requester is an active person in people.yaml.',
  judge: ({ policy, submission }) => findPerson(policy, submission),
};

function findPerson({ directory }: PolicySet, { person: id }: Submission): Finding {
  const unknown = (saw: string) => refuse({ code: 'unknown-person' }, saw);
  if (id === null || id === '') return unknown('The account belongs to nobody in people.yaml.');
  const person = directory.people.get(id);
  if (!person) return unknown(`The person ${id.slice(0, 80).toWellFormed()} is not in people.yaml.`);
  if (!person.active) return unknown(`The person ${id} is not active.`);
  return pass(`The person ${id} is active.`, { person });
}
