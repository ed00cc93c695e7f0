import { Hono } from 'hono';
import { massEndingIdOf } from '../../../core/ids.ts';
import { isOwn } from '../../../core/mass-ending.ts';
import type { FC } from 'hono/jsx';
import { LIMITS } from '../../../core/limits.ts';
import type { ScopedRequest } from '../../../ledger/index.ts';
import {
  contentPhrase,
  elsewhereOf,
  type EndingProgress,
  isDone,
  latePhrase,
  lockPhrase,
  progressPhrase,
} from '../../../wording/mass-endings.ts';
import { elsewherePhrase } from '../../../wording/elsewhere.ts';
import { act, readActed } from '../../act.ts';
import type { ConsoleDeps } from '../../deps.ts';
import { namesOf, Page, pageContext, showPage, type SignedInEnv } from '../../page.tsx';
import { Entitlement, type Names, personPath, RequestLink } from '../../parts/names.tsx';
import { Outcome } from '../../parts/act-form.tsx';
import { recordReading } from '../../readings.ts';
import { Locks } from './locks.tsx';
import { type EndAllAnswer, readEndAll } from './read-end-all.ts';
import { Words } from '../../parts/phrase.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { Time } from '../../parts/time.tsx';
import { UngrantedSection } from './ungranted.tsx';

/** `/people/<id>/end`: everything of a person is ended at once, by themselves or by a security person. */
export function endAllRoutes(deps: ConsoleDeps): Hono<SignedInEnv> {
  const app = new Hono<SignedInEnv>();

  app.get('/people/:id/end', async (c) => {
    const { reader, address } = await pageContext(c, deps);
    const answer = await readEndAll(deps, reader, c.req.param('id'));
    if (!answer) return c.notFound();
    const own = isOwn(answer.scope, reader.person);
    await recordReading(deps, reader, { address: `${personPath(answer.person)}/end`, isOwn: own });
    const names = namesOf(await deps.policy.lastKnown());
    const acted = await readActed(
      deps,
      reader,
      c.req.query('click'),
      ({ kind, scope }) => kind === 'end-all' && (scope === null || isOwn(scope, answer.person)),
    );
    const shown = { names, zone: reader.zone };
    return showPage(
      c,
      <Page
        title={`End everything of ${names.person(answer.person)}`}
        scripts={acted ? ['live'] : []}
        {...{ reader, address }}
      >
        {acted && <Outcome of={acted} {...shown} />}
        <Locks locks={answer.locks} {...shown} />
        {acted?.outcome?.kind === 'answered' ? (
          <EndAllProgress
            {...{ ...shown, address, answer }}
            progress={await deps.ledger.massEndingProgress(massEndingIdOf(acted.click))}
          />
        ) : (
          <EndAllPage {...{ ...shown, answer, isOwn: own }} />
        )}
      </Page>,
    );
  });

  app.post('/people/:id/end', async (c) => {
    const reader = c.get('reader');
    const answer = await readEndAll(deps, reader, c.req.param('id'));
    if (!answer) return c.notFound();
    const { reason } = await c.req.parseBody();
    const body = { scope: answer.scope, ...(typeof reason === 'string' ? { reason } : {}) };
    const { click } = await act(deps, reader, { kind: 'end-all', body });
    return c.redirect(`${personPath(answer.person)}/end?click=${click}`, 303);
  });
  return app;
}

type EndAllProps = Readonly<{
  answer: EndAllAnswer;
  /** The reader ends what is their own, which needs no reason. */
  isOwn: boolean;
  names: Names;
  zone: string;
}>;

/** Shows exactly what would end, and asks once more. */
export const EndAllPage: FC<EndAllProps> = ({
  answer: { person, scope, content, ungranted, needs },
  isOwn,
  names,
  zone,
}) => (
  <>
    <p class="lead">
      <Words of={contentPhrase(scope, content)} names={names} zone={zone} />
    </p>
    <Table
      caption="What would end"
      columns={columnsOf(names, zone)}
      rows={content.first}
      empty="There is nothing to end."
    />
    {content.total > content.first.length && <p>and {content.total - content.first.length} more.</p>}
    {ungranted.rows.length > 0 && <UngrantedSection {...{ ungranted, zone }} />}
    <p>
      <Words of={lockPhrase(needs)} names={names} zone={zone} />
    </p>
    <form method="post" action={`${personPath(person)}/end`} class="fields">
      <label>
        Why? The people whose access ends read it.
        <textarea name="reason" rows={2} maxlength={LIMITS.reasonLength} required={!isOwn}></textarea>
      </label>
      <button class="main">End all of it now</button>
      <a href={personPath(person)}>Cancel</a>
    </form>
  </>
);

const columnsOf = (names: Names, zone: string): readonly Column<ScopedRequest>[] => [
  { name: 'What', of: ({ entitlement }) => <Entitlement id={entitlement} names={names} /> },
  { name: 'Where', of: ({ providers }) => providers.join(', ') },
  { name: 'State', of: ({ state }) => state },
  { name: 'Until', of: ({ endsAt }) => (endsAt === null ? '' : <Time at={endsAt} zone={zone} />) },
  { name: 'Request', of: ({ id }) => <RequestLink id={id} /> },
];

type ProgressProps = Readonly<{
  answer: EndAllAnswer;
  progress: EndingProgress;
  address: string;
  names: Names;
  zone: string;
}>;

/** How far the ending is, what is late, and what goes on at the providers whatever ended here. */
export const EndAllProgress: FC<ProgressProps> = ({
  answer: { person, ungranted },
  progress,
  address,
  names,
  zone,
}) => {
  const elsewhere = elsewhereOf(progress);
  return (
    <>
      <p role="status">
        <Words of={progressPhrase(progress)} {...{ names, zone }} /> <a href={address}>Look again</a>{' '}
        <a href={personPath(person)}>What they have now</a>
      </p>
      {!isDone(progress) && progress.late.length > 0 && (
        <ul>
          {progress.late.map((each) => (
            <li>
              Late: <Words of={latePhrase(each)} {...{ names, zone }} />
            </li>
          ))}
        </ul>
      )}
      {elsewhere.length > 0 && (
        <section class="notice notice--careful" aria-labelledby="elsewhere">
          <h2 id="elsewhere">What goes on at the providers</h2>
          <ul>
            {elsewhere.map((each) => (
              <li>
                <Words of={elsewherePhrase(each)} {...{ names, zone }} />
              </li>
            ))}
          </ul>
        </section>
      )}
      <UngrantedSection {...{ ungranted, zone }} />
    </>
  );
};
