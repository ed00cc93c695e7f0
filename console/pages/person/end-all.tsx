import type { FC } from 'hono/jsx';
import { massEndingIdOf } from '../../../core/ids.ts';
import { LIMITS } from '../../../core/limits.ts';
import { isOwn } from '../../../core/mass-ending.ts';
import type { ScopedRequest } from '../../../ledger/index.ts';
import { elsewherePhrase } from '../../../wording/elsewhere.ts';
import {
  contentPhrase,
  elsewhereOf,
  type EndingProgress,
  isDone,
  latePhrase,
  lockPhrase,
  progressPhrase,
} from '../../../wording/mass-endings.ts';
import { act, readActed } from '../../act.ts';
import { type Handler, MISSING, type PageHandler } from '../../page-answer.ts';
import { usePage } from '../../page-context.ts';
import { Outcome } from '../../parts/act-form.tsx';
import { Entitlement, personPath, RequestLink } from '../../parts/names.tsx';
import { Words } from '../../parts/phrase.tsx';
import { Section } from '../../parts/section.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { Time } from '../../parts/time.tsx';
import { Locks } from './locks.tsx';
import { type EndAllAnswer, readEndAll } from './read-end-all.ts';
import { UngrantedSection } from './ungranted.tsx';

/** `/people/<id>/end`: everything of a person is ended at once, by themselves or by a security person. */
export const endAllPage: PageHandler = async (c, deps, { reader, names }) => {
  const answer = await readEndAll(deps, reader, c.req.param('id') ?? '');
  if (!answer) return MISSING;
  const acted = await readActed(
    deps,
    reader,
    c.req.query('click'),
    ({ kind, scope }) => kind === 'end-all' && (scope === null || isOwn(scope, answer.person)),
  );
  const progress =
    acted?.outcome?.kind === 'answered'
      ? await deps.ledger.massEndingProgress(massEndingIdOf(acted.click))
      : undefined;
  return {
    kind: 'page',
    title: `End everything of ${names.person(answer.person)}`,
    scripts: acted ? ['live'] : [],
    reading: { address: `${personPath(answer.person)}/end`, isOwn: isOwn(answer.scope, reader.person) },
    content: (
      <>
        {acted && <Outcome of={acted} />}
        <Locks locks={answer.locks} />
        {progress ? <EndAllProgress {...{ answer, progress }} /> : <EndAllPage answer={answer} />}
      </>
    ),
  };
};

/** Receives that everything of a person ends. */
export const endAllForm: Handler = async (c, deps) => {
  const reader = c.get('reader');
  const answer = await readEndAll(deps, reader, c.req.param('id') ?? '');
  if (!answer) return MISSING;
  const { reason } = await c.req.parseBody();
  const body = { scope: answer.scope, ...(typeof reason === 'string' ? { reason } : {}) };
  const { click } = await act(deps, reader, { kind: 'end-all', body });
  return c.redirect(`${personPath(answer.person)}/end?click=${click}`, 303);
};

/** Shows exactly what would end, and asks once more. Who ends what is their own needs no reason. */
const EndAllPage: FC<Readonly<{ answer: EndAllAnswer }>> = ({
  answer: { person, scope, content, ungranted, needs },
}) => (
  <>
    <p class="lead">
      <Words of={contentPhrase(scope, content)} />
    </p>
    <Table caption="What would end" columns={COLUMNS} rows={content.first} empty="There is nothing to end." />
    {content.total > content.first.length && <p>and {content.total - content.first.length} more.</p>}
    {ungranted.rows.length > 0 && <UngrantedSection ungranted={ungranted} />}
    <p>
      <Words of={lockPhrase(needs)} />
    </p>
    <form method="post" action={`${personPath(person)}/end`} class="fields">
      <label>
        Why? The people whose access ends read it.
        <textarea
          name="reason"
          rows={2}
          maxlength={LIMITS.reasonLength}
          required={!isOwn(scope, usePage().reader.person)}
        ></textarea>
      </label>
      <button class="main">End all of it now</button>
      <a href={personPath(person)}>Cancel</a>
    </form>
  </>
);

const COLUMNS: readonly Column<ScopedRequest>[] = [
  { name: 'What', of: ({ entitlement }) => <Entitlement id={entitlement} /> },
  { name: 'Where', of: ({ providers }) => providers.join(', ') },
  { name: 'State', of: ({ state }) => state },
  { name: 'Until', of: ({ endsAt }) => (endsAt === null ? '' : <Time at={endsAt} />) },
  { name: 'Request', of: ({ id }) => <RequestLink id={id} /> },
];

type ProgressProps = Readonly<{ answer: EndAllAnswer; progress: EndingProgress }>;

/** How far the ending is, what is late, and what goes on at the providers whatever ended here. */
export const EndAllProgress: FC<ProgressProps> = ({ answer: { person, ungranted }, progress }) => {
  const elsewhere = elsewhereOf(progress);
  return (
    <>
      <p role="status">
        <Words of={progressPhrase(progress)} /> <a href={usePage().address}>Look again</a>{' '}
        <a href={personPath(person)}>What they have now</a>
      </p>
      {!isDone(progress) && progress.late.length > 0 && (
        <ul>
          {progress.late.map((each) => (
            <li>
              Late: <Words of={latePhrase(each)} />
            </li>
          ))}
        </ul>
      )}
      {elsewhere.length > 0 && (
        <Section id="elsewhere" title="What goes on at the providers" class="notice notice--careful">
          <ul>
            {elsewhere.map((each) => (
              <li>
                <Words of={elsewherePhrase(each)} />
              </li>
            ))}
          </ul>
        </Section>
      )}
      <UngrantedSection ungranted={ungranted} />
    </>
  );
};
