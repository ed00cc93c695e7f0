import { digestOf } from '../files/policy-set.ts';
import { type Facts, type Finding, notReached, pass, type Rule } from './rule.ts';

/** The request has a digest, which an approval names (I11). The reason is in it as a salted hash. */
export const requestDigest: Rule = {
  id: 'digest',
  wanted: 'The request has a digest that an approval can name.',
  judge: judgeDigest,
};

function judgeDigest({ policy, submission: { reasonHash }, found }: Facts): Finding {
  const { person, entitlement, minutes, targets } = found;
  if (!person || !entitlement || minutes === undefined || !targets)
    return notReached('Not evaluated: an earlier rule did not pass.');
  const digest = digestOf({
    minutes,
    targets,
    policy: policy.digest,
    reasonHash,
    person: person.id,
    entitlement: entitlement.id,
  });
  return pass('The digest was computed.', { digest });
}
