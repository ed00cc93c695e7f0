import { formatDuration, lengthSentence, parseDuration } from '../../core/duration.ts';
import { type Facts, type Finding, notReached, pass, refuse, type Rule } from './rule.ts';

/** The length can be read, and the entitlement permits it (B57). */
export const permittedLength: Rule = {
  id: 'length',
  wanted: 'The length is readable and is at most the longest length of the entitlement.',
  judge: judgeLength,
};

function judgeLength({ submission, found: { entitlement } }: Facts): Finding {
  const length = parseDuration(submission.length);
  if (!length.ok)
    return refuse({ code: 'length-unreadable', problem: length.error }, lengthSentence(length.error));
  const minutes = length.value;
  const saw = `The length is ${formatDuration(minutes)}.`;
  if (!entitlement)
    return notReached(`${saw} The longest length is not known, because the entitlement is not.`);

  const { longest } = entitlement;
  const wanted = `The length is at most ${formatDuration(longest)}.`;
  return minutes > longest
    ? { ...refuse({ code: 'too-long', longest }, saw), wanted }
    : { ...pass(saw, { minutes }), wanted };
}
