import { requestDigest, shownOf } from '../judge/request-digest.ts';
import { type Facts, type Finding, notReached, pass, type Rule } from './rule.ts';

/** The request has a digest, which an approval names (I11). */
export const digestRule: Rule = {
  id: 'digest',
  wanted: 'The request has a digest that an approval can name.',
  judge: judgeDigest,
};

function judgeDigest({ policy, submission: { reasonHash }, found }: Facts): Finding {
  const { person, entitlement, minutes, targets, stages } = found;
  if (!person || !entitlement || minutes === undefined || !targets || !stages)
    return notReached('Not evaluated: an earlier rule did not pass.');
  const shown = shownOf(entitlement, person);
  const digest = requestDigest({
    details: { requester: person.id, entitlement: entitlement.id, minutes, reasonHash },
    requirements: { stages, policy: policy.digest },
    targets,
    shown,
  });
  return pass('The digest was computed.', { digest, shown });
}
