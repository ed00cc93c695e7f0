import type { PageAnswer, PageHandler } from '../../page-answer.ts';
import { movedTo } from '../../page-answer.ts';
import { Problem } from '../../parts/section.tsx';
import { AccessPage, accessTitle } from './access.tsx';
import { AccessFields, choicesOf, refusalText } from './fields.tsx';
import { accessAddress, parseAccessQuestion } from './question.ts';
import { readAccess } from './read.ts';

/** `/access` */
export const accessPage: PageHandler = async (c, deps, { reader, now, address, names }) => {
  const choices = choicesOf(await deps.policy.lastKnown(), reader);
  const refused = (why: string, status: 400 | 403): PageAnswer => ({
    ...{ kind: 'refused', status },
    content: [<Problem why={why} />, <AccessFields typed={c.req.query()} choices={choices} />],
  });
  const parsed = parseAccessQuestion(c.req.query(), { now, timeZone: reader.zone });
  if (!parsed.ok) return refused(parsed.error, 400);
  const { question, given } = parsed.value;
  const answer = await readAccess(deps, reader, question);
  if (!answer.ok) return refused(refusalText(answer.error), 403);
  const { about } = answer.value;
  // By ids, so that the link works for everybody, and no typed text is recorded.
  const byIds = accessAddress({ ...given, ...about });
  if (byIds !== address) return movedTo(byIds);
  return {
    kind: 'page',
    title: accessTitle(about, names),
    content: <AccessPage {...{ question, choices }} answer={answer.value} />,
    reading: { address, isOwn: about.person === reader.person },
    scripts: ['moment'],
  };
};
