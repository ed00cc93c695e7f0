import { LIMITS } from '../../core/limits.ts';
import { isBlank } from '../../core/text.ts';
import { type Facts, type Finding, pass, refuse, type Rule } from './rule.ts';

/** There is a reason, and it can be stored and shown. The tree has its length only, never its text. */
export const givenReason: Rule = {
  id: 'reason',
  wanted: `The reason is valid text of 1 to ${LIMITS.reasonLength} characters.`,
  judge: judgeReason,
};

function judgeReason({ submission }: Facts): Finding {
  const reason = submission.reason.trim();
  if (isBlank(reason)) return refuse({ code: 'reason-missing' }, 'The reason is empty.');
  // Postgres stores neither a NUL character nor half of a surrogate pair (T19).
  if (!reason.isWellFormed() || reason.includes('\u0000'))
    return refuse({ code: 'reason-missing' }, 'The reason contains characters that cannot be stored.');
  const characters = [...reason].length;
  const saw = `The reason has ${characters} ${characters === 1 ? 'character' : 'characters'}.`;
  return characters > LIMITS.reasonLength
    ? refuse({ code: 'reason-too-long', most: LIMITS.reasonLength }, saw)
    : pass(saw);
}
