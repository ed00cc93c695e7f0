import type { FC } from 'hono/jsx';
import { type Control, CONTROLS, type Framework, FRAMEWORKS } from '../../audit/evidence/controls.ts';
import { evidenceOf, evidencePeriod } from '../../audit/evidence/questions.ts';
import { questionCommand, QUESTIONS } from '../../audit/questions/index.ts';
import { oneLine } from '../../core/text.ts';
import type { PageContext } from '../page.tsx';
import { ActForm } from '../parts/act-form.tsx';
import { shownColumns } from '../parts/audit-columns.tsx';
import { IncompleteBefore, PeriodFields } from '../parts/period.tsx';
import type { Names } from '../parts/names.tsx';
import { SameAnswerElsewhere } from '../parts/same-answer.tsx';
import { Table } from '../parts/table.tsx';
import { localText, rfc3339, Time } from '../parts/time.tsx';
import { evidenceAddress, type EvidencePeriod, folderAddress } from './evidence-period.ts';
import type { ControlAnswer, EvidenceAnswer, SignedCheckpoint } from './read-evidence.ts';

/** Every control that Curfew can say something about. */
export const ControlsPage: FC = () => (
  <>
    <p>
      For each control: what Curfew can show for a period, and what it cannot say. An auditor decides whether
      that suffices.
    </p>
    {(Object.keys(FRAMEWORKS) as readonly Framework[]).map((framework) => (
      <section aria-labelledby={framework}>
        <h2 id={framework}>{FRAMEWORKS[framework]}</h2>
        <Table
          caption={`Controls of ${FRAMEWORKS[framework]}`}
          columns={[
            { name: 'Control', of: (control) => <a href={evidenceAddress(control)}>{control.id}</a> },
            { name: 'Title', of: ({ title }) => title },
            { name: 'What must be so', of: ({ asks }) => asks },
          ]}
          rows={CONTROLS.filter((control) => control.framework === framework)}
          empty=""
        />
      </section>
    ))}
  </>
);

export type ControlPageProps = Readonly<{
  context: PageContext;
  control: Control;
  period: EvidencePeriod;
  answer: ControlAnswer;
  names: Names;
}>;

/** What Curfew can show of a control in a period. */
export const ControlPage: FC<ControlPageProps> = ({ context, control, period, answer, names }) => {
  const { zone } = context.reader;
  const { from, to } = period;
  return (
    <>
      <PrintedHead {...{ control, period, zone }} checkpoint={answer.checkpoint} />
      <p>
        {FRAMEWORKS[control.framework]}. {control.asks}
      </p>
      <PeriodFields
        action={evidenceAddress(control)}
        typed={{ from: localText(from, zone, true), to: localText(to, zone, true) }}
        usual="90d ago"
      />
      <p>
        From <Time at={from} zone={zone} seconds /> until <Time at={to} zone={zone} seconds />, both included.
      </p>
      <CheckpointFacts checkpoint={answer.checkpoint} />
      {control.log && (
        <p>
          The log itself is evidence of this control: whoever has an older checkpoint can prove that no entry
          before it was changed. The folder below has every entry and every checkpoint.
        </p>
      )}
      <IncompleteBefore at={answer.incompleteBefore} zone={zone} />
      {answer.answers.map((each) => (
        <AnswerSection answer={each} {...{ period, names, zone }} />
      ))}
      <section aria-labelledby="cannot">
        <h2 id="cannot">What Curfew cannot say</h2>
        <p>{control.cannot} An auditor decides whether the evidence suffices.</p>
      </section>
      <section aria-labelledby="folder">
        <h2 id="folder">All of it, with proofs</h2>
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
      </section>
    </>
  );
};

type PrintedHeadProps = Readonly<{
  control: Control;
  period: EvidencePeriod;
  zone: string;
  checkpoint: SignedCheckpoint | undefined;
}>;

/** What every printed sheet has at its top, so that one of them alone says of what it is. The screen does not show it. */
const PrintedHead: FC<PrintedHeadProps> = ({ control, period: { from, to }, zone, checkpoint }) => (
  <p class="printed-head" aria-hidden="true">
    {FRAMEWORKS[control.framework]}, {control.id}. From <Time at={from} zone={zone} seconds /> until{' '}
    <Time at={to} zone={zone} seconds />, both included.{' '}
    {checkpoint === undefined
      ? 'No published checkpoint.'
      : `Log ${oneLine(checkpoint.origin)}, ${checkpoint.size} entries, root ${checkpoint.root}.`}
  </p>
);

const CheckpointFacts: FC<Readonly<{ checkpoint: SignedCheckpoint | undefined }>> = ({ checkpoint }) =>
  checkpoint === undefined ? (
    <p class="notice notice--careful">No published checkpoint of the audit log is signed by a trusted key.</p>
  ) : (
    <p>
      The newest signed checkpoint is of the log {oneLine(checkpoint.origin)}, with {checkpoint.size} entries
      and the root <code>{checkpoint.root}</code>.
    </p>
  );

type AnswerProps = Readonly<{ answer: EvidenceAnswer; period: EvidencePeriod; names: Names; zone: string }>;

const AnswerSection: FC<AnswerProps> = ({ answer, period, names, zone }) => {
  const { name, rows, count, isMore, sql } = answer;
  const { title, known } = evidenceOf(name);
  return (
    <section aria-labelledby={name}>
      <h2 id={name}>
        {title}: {isMore ? `more than ${count}` : count}
      </h2>
      <Table
        caption={title}
        columns={shownColumns(QUESTIONS[name].columns, { names, zone, isAuditor: true })}
        rows={rows}
        empty="There is none."
      />
      {rows.length < count && (
        <p class="soft">The first {rows.length} are shown. The command and the folder have all.</p>
      )}
      <p class="soft">{known}</p>
      <SameAnswerElsewhere same={{ command: questionCommand(name, evidencePeriod(name, period)), sql }} />
    </section>
  );
};
