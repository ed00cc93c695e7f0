import type { FC } from 'hono/jsx';
import { type Control, FRAMEWORKS } from '../../../audit/evidence/controls.ts';
import { evidenceOf, evidencePeriod } from '../../../audit/evidence/questions.ts';
import { questionCommand, QUESTIONS } from '../../../audit/questions/index.ts';
import { oneLine } from '../../../core/text.ts';
import { usePage } from '../../page-context.ts';
import { ActForm } from '../../parts/act-form.tsx';
import { shownColumns } from '../../parts/audit-columns.tsx';
import { IncompleteBefore, PeriodFields } from '../../parts/period.tsx';
import { SameAnswerElsewhere } from '../../parts/same-answer.tsx';
import { Section } from '../../parts/section.tsx';
import { Table } from '../../parts/table.tsx';
import { localText, rfc3339, Time } from '../../parts/time.tsx';
import { evidenceAddress, type EvidencePeriod, folderAddress } from './period.ts';
import type { ControlAnswer, EvidenceAnswer } from './read-evidence.ts';

type ControlPageProps = Readonly<{ control: Control; period: EvidencePeriod; answer: ControlAnswer }>;

/** What Curfew can show of a control in a period. */
export const ControlPage: FC<ControlPageProps> = ({ control, period, answer }) => {
  const { zone } = usePage().reader;
  const { from, to } = period;
  return (
    <>
      <PrintedHead {...{ control, period }} checkpoint={answer.checkpoint} />
      <p>
        {FRAMEWORKS[control.framework]}. {control.asks}
      </p>
      <PeriodFields
        action={evidenceAddress(control)}
        typed={{ from: localText(from, zone, true), to: localText(to, zone, true) }}
        usual="90d ago"
      />
      <p>
        From <Time at={from} seconds /> until <Time at={to} seconds />, both included.
      </p>
      <CheckpointFacts checkpoint={answer.checkpoint} />
      {control.log && (
        <p>
          The log itself is evidence of this control: whoever has an older checkpoint can prove that no entry
          before it was changed. The folder below has every entry and every checkpoint.
        </p>
      )}
      <IncompleteBefore at={answer.incompleteBefore} />
      {answer.answers.map((each) => (
        <AnswerSection answer={each} period={period} />
      ))}
      <Section id="cannot" title="What Curfew cannot say">
        <p>{control.cannot} An auditor decides whether the evidence suffices.</p>
      </Section>
      <Section id="folder" title="All of it, with proofs">
        <p>
          A folder with every row that the log proves, the whole log
          {control.questions.includes('grants') && ', a sample of the grants with proofs'} and the hashes of
          all files. “curfew audit verify” checks it offline. The audit log records who ordered it, and the
          checksum of what you download.
        </p>
        <ActForm
          path={folderAddress(control)}
          fields={{ from: rfc3339(from), to: rfc3339(to) }}
          button="Download the folder"
          isMain
        />
        <p>The same at the command line:</p>
        <pre tabindex={0}>
          <code>{`curfew audit evidence ${control.id} --from ${rfc3339(from)} --to ${rfc3339(to)} --out ./evidence`}</code>
        </pre>
      </Section>
    </>
  );
};

type PrintedHeadProps = Pick<ControlAnswer, 'checkpoint'> & Omit<ControlPageProps, 'answer'>;

/** What every printed sheet has at its top, so that one of them alone says of what it is. The screen does not show it. */
const PrintedHead: FC<PrintedHeadProps> = ({ control, period: { from, to }, checkpoint }) => (
  <p class="printed-head" aria-hidden="true">
    {FRAMEWORKS[control.framework]}, {control.id}. From <Time at={from} seconds /> until{' '}
    <Time at={to} seconds />, both included.{' '}
    {checkpoint === undefined
      ? 'No published checkpoint.'
      : `Log ${oneLine(checkpoint.origin)}, ${checkpoint.size} entries, root ${checkpoint.root}.`}
  </p>
);

const CheckpointFacts: FC<Pick<ControlAnswer, 'checkpoint'>> = ({ checkpoint }) =>
  checkpoint === undefined ? (
    <p class="notice notice--careful">No published checkpoint of the audit log is signed by a trusted key.</p>
  ) : (
    <p>
      The newest signed checkpoint is of the log {oneLine(checkpoint.origin)}, with {checkpoint.size} entries
      and the root <code>{checkpoint.root}</code>.
    </p>
  );

type AnswerProps = Readonly<{ answer: EvidenceAnswer; period: EvidencePeriod }>;

const AnswerSection: FC<AnswerProps> = ({ answer, period }) => {
  const { name, rows, count, isMore, sql } = answer;
  const { title, known } = evidenceOf(name);
  return (
    <Section id={name} title={`${title}: ${isMore ? `more than ${count}` : count}`}>
      <Table
        caption={title}
        columns={shownColumns(QUESTIONS[name].columns)}
        rows={rows}
        empty="There is none."
      />
      {rows.length < count && (
        <p class="soft">The first {rows.length} are shown. The command and the folder have all.</p>
      )}
      <p class="soft">{known}</p>
      <SameAnswerElsewhere same={{ command: questionCommand(name, evidencePeriod(name, period)), sql }} />
    </Section>
  );
};
