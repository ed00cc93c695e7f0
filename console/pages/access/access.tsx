import type { FC } from 'hono/jsx';
import type { AccessNames } from '../../../audit/questions/index.ts';
import type { Instant } from '../../../core/ids.ts';
import { unlookedPhrase } from '../../../wording/access-answers.ts';
import { type Names, usePage } from '../../page-context.ts';
import { IncompleteBefore } from '../../parts/period.tsx';
import { Words } from '../../parts/phrase.tsx';
import { SameAnswerElsewhere } from '../../parts/same-answer.tsx';
import { Section } from '../../parts/section.tsx';
import { NextPage, Table } from '../../parts/table.tsx';
import { localText, Time } from '../../parts/time.tsx';
import type { Reader } from '../../reader.ts';
import { accessColumns } from './columns.tsx';
import { AccessFields, type Choices } from './fields.tsx';
import { CountsPicture, TracksPicture } from './picture.tsx';
import { accessAddress, accessCommand, type AccessQuestion } from './question.ts';
import type { AccessAnswer } from './read.ts';
import { type AccessEnding, ENDING_NAMES, tracksOf } from './tracks.ts';

type AccessPageProps = Readonly<{ question: AccessQuestion; answer: AccessAnswer; choices: Choices }>;

/** The title of the page of a question. */
export function accessTitle({ entitlement, person }: AccessNames, names: Names): string {
  if (entitlement === undefined && person === undefined) return 'Who had access';
  if (person === undefined) return `Who had ${names.entitlement(entitlement ?? '')}`;
  return entitlement === undefined
    ? `What ${names.person(person)} had`
    : `When ${names.person(person)} had ${names.entitlement(entitlement)}`;
}

/** Who had what, at a moment and over time. */
export const AccessPage: FC<AccessPageProps> = ({ question, answer, choices }) => {
  const { reader, now } = usePage();
  const { unlooked, incompleteBefore, rows, next } = answer;
  return (
    <>
      <AccessFields typed={typedAgain(question, reader.zone)} choices={choices} />
      {unlooked !== undefined && (
        <p class="notice notice--careful">
          <Words of={unlookedPhrase(unlooked)} />
        </p>
      )}
      <IncompleteBefore at={incompleteBefore} />
      <Section id="list" title={<ListTitle question={question} />}>
        <Table
          caption="Who had access"
          columns={accessColumns(question, now)}
          rows={rows}
          empty={`${emptySentence(answer.about, reader)}, as far as receipts and looks at the providers show.`}
        />
        <NextPage href={next === undefined ? undefined : accessAddress({ ...question, after: next })} />
        <p class="soft">
          Held means that the provider showed it, from the first read that showed the access until the read
          that showed that it was gone.
        </p>
      </Section>
      <PictureSection question={question} answer={answer} />
      <SameAnswerElsewhere same={{ command: accessCommand(answer.about, question), sql: answer.sql }} />
    </>
  );
};

const ListTitle: FC<Readonly<{ question: AccessQuestion }>> = ({
  question: { list, from, to, at, knownAt },
}) => (
  <>
    {list === 'time' ? (
      <>
        From <Time at={from} /> until <Time at={to} />
      </>
    ) : (
      <>
        At <Time at={at} seconds />
      </>
    )}
    {knownAt !== undefined && (
      <>
        , as known at <Time at={knownAt} seconds />
      </>
    )}
  </>
);

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

const PictureSection: FC<Omit<AccessPageProps, 'choices'>> = ({ question, answer }) => {
  const { reader, now } = usePage();
  const { from, to, at } = question;
  const { picture } = answer;
  const shown = {
    ...{ span: { from, to }, at },
    addressAt: (moment: Instant) => accessAddress({ ...withoutPage(question), at: moment, list: 'moment' }),
  };
  return (
    <Section id="picture" title="Over time">
      {picture.kind === 'counts' ? (
        <>
          <p>There are too many accesses to draw each, so the picture has their number.</p>
          <CountsPicture {...shown} {...picture} />
        </>
      ) : picture.rows.length === 0 ? (
        <p class="empty">{emptySentence(answer.about, reader)} in this time.</p>
      ) : (
        <TracksPicture {...shown} tracks={tracksOf(picture.rows, { from, to }, question.knownAt ?? now)} />
      )}
      <ul class="legend">
        {LEGEND.map(([name, words]) => (
          <li class={`legend--${name}`}>{words}</li>
        ))}
        {(Object.keys(ENDING_NAMES) as readonly AccessEnding[]).map((ending) => (
          <li class={`legend--end end--${ending}`}>{ENDING_NAMES[ending]}</li>
        ))}
      </ul>
      <ZoomLinks question={question} now={now} />
    </Section>
  );
};

/** The marks of the picture: first the classes, the darkest bar first. */
const LEGEND = [
  ['class legend--A', 'A: the provider ends it'],
  ['class legend--B', 'B: the login expires'],
  ['class legend--C', 'C: Curfew ends it'],
  ['planned', 'approved end'],
  ['standing', 'not granted by Curfew'],
  ['overdue', 'held after its approved end'],
  ['extended', 'extended'],
  ['cut', 'where it was ended early'],
  ['refused', 'refused attempt'],
  ['moment', 'the chosen moment'],
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
