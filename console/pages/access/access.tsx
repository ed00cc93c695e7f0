import type { FC } from 'hono/jsx';
import type { AccessNames } from '../../../audit/questions/index.ts';
import type { Instant } from '../../../core/ids.ts';
import { unlookedPhrase } from '../../../wording/access-answers.ts';
import type { PageContext } from '../../page.tsx';
import { CountsPicture, TracksPicture } from './picture.tsx';
import { IncompleteBefore } from '../../parts/period.tsx';
import { type AccessEnding, ENDING_NAMES, tracksOf } from './tracks.ts';
import type { Names } from '../../parts/names.tsx';
import { Words } from '../../parts/phrase.tsx';
import { SameAnswerElsewhere } from '../../parts/same-answer.tsx';
import { NextPage, Table } from '../../parts/table.tsx';
import { localText, Time } from '../../parts/time.tsx';
import type { Reader } from '../../reader.ts';
import { AccessFields, type Choices } from './fields.tsx';
import { accessColumns } from './columns.tsx';
import { accessAddress, accessCommand, type AccessQuestion } from './question.ts';
import type { AccessAnswer } from './read.ts';

export type AccessPageProps = Readonly<{
  context: PageContext;
  question: AccessQuestion;
  answer: AccessAnswer;
  choices: Choices;
  names: Names;
}>;

/** The title of the page of a question. */
export function accessTitle({ entitlement, person }: AccessNames, names: Names): string {
  if (entitlement === undefined && person === undefined) return 'Who had access';
  if (person === undefined) return `Who had ${names.entitlement(entitlement ?? '')}`;
  return entitlement === undefined
    ? `What ${names.person(person)} had`
    : `When ${names.person(person)} had ${names.entitlement(entitlement)}`;
}

/** Who had what, at a moment and over time. */
export const AccessPage: FC<AccessPageProps> = ({ context, question, answer, choices, names }) => {
  const { zone } = context.reader;
  const { unlooked, incompleteBefore, rows, next } = answer;
  return (
    <>
      <AccessFields typed={typedAgain(question, zone)} choices={choices} />
      {unlooked !== undefined && (
        <p class="notice notice--careful">
          <Words of={unlookedPhrase(unlooked)} names={names} zone={zone} />
        </p>
      )}
      <IncompleteBefore at={incompleteBefore} zone={zone} />
      <section aria-labelledby="list">
        <h2 id="list">
          {question.list === 'time' ? (
            <>
              From <Time at={question.from} zone={zone} /> until <Time at={question.to} zone={zone} />
            </>
          ) : (
            <>
              At <Time at={question.at} zone={zone} seconds />
            </>
          )}
          {question.knownAt !== undefined && (
            <>
              , as known at <Time at={question.knownAt} zone={zone} seconds />
            </>
          )}
        </h2>
        <Table
          caption="Who had access"
          columns={accessColumns(names, context, question)}
          rows={rows}
          empty={`${emptySentence(answer.about, context.reader)}, as far as receipts and looks at the providers show.`}
        />
        <NextPage href={next === undefined ? undefined : accessAddress({ ...question, after: next })} />
        <p class="soft">
          Held means that the provider showed it, from the first read that showed the access until the read
          that showed that it was gone.
        </p>
      </section>
      <PictureSection {...{ context, question, answer, names }} />
      <SameAnswerElsewhere same={{ command: accessCommand(answer.about, question), sql: answer.sql }} />
    </>
  );
};

/** That there is no access, in the words of the question. */
function emptySentence({ person }: AccessNames, reader: Pick<Reader, 'person'>): string {
  if (person === undefined) return 'Nobody had access';
  return person === reader.person ? 'You had no access' : 'They had no access';
}

/** The question as somebody types it. */
const typedAgain = (
  { entitlement, person, at, from, to, knownAt }: AccessQuestion,
  zone: string,
): Readonly<Record<string, string>> => ({
  ...{ entitlement: entitlement ?? '', person: person ?? '' },
  ...{ at: localText(at, zone, true), from: localText(from, zone, true), to: localText(to, zone, true) },
  known: knownAt === undefined ? '' : localText(knownAt, zone, true),
});

const PictureSection: FC<Omit<AccessPageProps, 'choices'>> = ({ context, question, answer, names }) => {
  const { from, to, at } = question;
  const { picture } = answer;
  const shown = {
    ...{ span: { from, to }, at, names, zone: context.reader.zone },
    addressAt: (moment: Instant) => accessAddress({ ...withoutPage(question), at: moment, list: 'moment' }),
  };
  return (
    <section aria-labelledby="picture">
      <h2 id="picture">Over time</h2>
      {picture.kind === 'counts' ? (
        <>
          <p>There are too many accesses to draw each, so the picture has their number.</p>
          <CountsPicture {...shown} {...picture} />
        </>
      ) : picture.rows.length === 0 ? (
        <p class="empty">{emptySentence(answer.about, context.reader)} in this time.</p>
      ) : (
        <TracksPicture
          {...shown}
          tracks={tracksOf(picture.rows, { from, to }, question.knownAt ?? context.now)}
        />
      )}
      <ul class="legend">
        {ENFORCEMENT.map(([letter, words]) => (
          <li class={`legend--class legend--${letter}`}>
            {letter}: {words}
          </li>
        ))}
        <li class="legend--planned">approved end</li>
        <li class="legend--standing">not granted by Curfew</li>
        <li class="legend--overdue">held after its approved end</li>
        <li class="legend--extended">extended</li>
        <li class="legend--cut">where it was ended early</li>
        <li class="legend--refused">refused attempt</li>
        <li class="legend--moment">the chosen moment</li>
        {(Object.keys(ENDING_NAMES) as readonly AccessEnding[]).map((ending) => (
          <li class={`legend--end end--${ending}`}>{ENDING_NAMES[ending]}</li>
        ))}
      </ul>
      <ZoomLinks question={question} now={context.now} />
    </section>
  );
};

/** The classes in the legend, the darkest bar first. */
const ENFORCEMENT = [
  ['A', 'the provider ends it'],
  ['B', 'the login expires'],
  ['C', 'Curfew ends it'],
] as const;

const ZoomLinks: FC<Readonly<{ question: AccessQuestion; now: Instant }>> = ({ question, now }) => {
  const { from, to, at } = question;
  const length = to - from;
  const around = (wanted: number) => spanOf(Math.min(at + wanted / 2, now), wanted);
  const links = [
    { name: 'Earlier', span: spanOf(to - length / 2, length) },
    ...(to < now ? [{ name: 'Later', span: spanOf(Math.min(to + length / 2, now), length) }] : []),
    { name: 'Zoom in', span: around(length / 3) },
    { name: 'Zoom out', span: around(length * 3) },
  ];
  return (
    <p class="links">
      {links.map(({ name, span }) => (
        <a href={accessAddress({ ...withoutPage(question), ...span })}>{name}</a>
      ))}
      <a
        href={accessAddress({ ...withoutPage(question), list: question.list === 'time' ? 'moment' : 'time' })}
      >
        {question.list === 'time' ? 'List what was held at the moment' : 'List everything in the picture'}
      </a>
    </p>
  );
};

const spanOf = (to: number, length: number): Readonly<{ from: Instant; to: Instant }> => ({
  from: Math.round(to - length) as Instant,
  to: Math.round(to) as Instant,
});

function withoutPage({ after: _after, ...question }: AccessQuestion): AccessQuestion {
  return question;
}
