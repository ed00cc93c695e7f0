import { z } from 'zod';
import {
  type Control,
  CONTROLS,
  controlOf,
  type Framework,
  FRAMEWORKS,
} from '../../../audit/evidence/controls.ts';
import { writeEvidence } from '../../../audit/evidence/write-folder.ts';
import { sendFolder } from '../../downloads/folder-download.tsx';
import { type Handler, incompleteForm, MISSING, movedTo, type PageHandler } from '../../page-answer.ts';
import { pageContext } from '../../page-context.ts';
import { PeriodFields } from '../../parts/period.tsx';
import { Problem, Section } from '../../parts/section.tsx';
import { Table } from '../../parts/table.tsx';
import { rfc3339 } from '../../parts/time.tsx';
import { ControlPage } from './control.tsx';
import { evidenceAddress, type EvidencePeriod, folderAddress, parseEvidencePeriod } from './period.ts';
import { readEvidence } from './read-evidence.ts';

const titleOf = ({ id, title }: Control): string => `${id}: ${title}`;

/** `/evidence`: every control that Curfew can say something about. */
export const controlsPage: PageHandler = (_c, _deps, { address }) =>
  Promise.resolve({
    kind: 'page',
    reading: { address, isOwn: true },
    content: (
      <>
        <p>
          For each control: what Curfew can show for a period, and what it cannot say. An auditor decides
          whether that suffices.
        </p>
        {(Object.keys(FRAMEWORKS) as readonly Framework[]).map((framework) => (
          <Section id={framework} title={FRAMEWORKS[framework]}>
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
          </Section>
        ))}
      </>
    ),
  });

/** `/evidence/<framework>/<control>`: what Curfew can show of a control in a period. */
export const controlPage: PageHandler = async (c, deps, { reader, now, address }) => {
  const { framework = '', control: id = '' } = c.req.param();
  const control = controlOf({ framework, control: id });
  if (!control) return MISSING;
  const title = titleOf(control);
  const period = parseEvidencePeriod(c.req.query(), { now, timeZone: reader.zone });
  if (!period.ok)
    return {
      ...{ kind: 'refused', title, status: 400 },
      content: [
        <Problem why={period.error} />,
        <PeriodFields action={evidenceAddress(control)} typed={c.req.query()} usual="90d ago" />,
      ],
    };
  const byTimes = evidenceAddress(control, period.value);
  if (byTimes !== address) return movedTo(byTimes);
  const answer = await readEvidence(deps, control, period.value);
  return {
    ...{ kind: 'page', title, reading: { address, isOwn: false } },
    content: <ControlPage {...{ control, answer }} period={period.value} />,
  };
};

/** The sample has so many grants. */
const SAMPLE = 25;

const Period = z.object({ from: z.string().max(100), to: z.string().max(100) });

/** The folder with proofs of a control, as an archive. */
export const evidenceFolder: Handler = async (c, deps) => {
  const { framework = '', control: id = '' } = c.req.param();
  const control = controlOf({ framework, control: id });
  if (!control) return MISSING;
  const { reader, now } = await pageContext(c, deps);
  const typed = Period.safeParse(await c.req.parseBody());
  if (!typed.success) return incompleteForm(c);
  const parsed = parseEvidencePeriod(typed.data, { now, timeZone: reader.zone });
  const [title, page] = [titleOf(control), evidenceAddress(control)];
  if (!parsed.ok)
    return {
      ...{ kind: 'refused', title, back: page, status: 400 },
      content: <Problem why={parsed.error} />,
    };
  const period = parsed.value;
  const order = { controls: [control], asked: period, sample: SAMPLE };
  return sendFolder(c, deps, {
    ...{ title, page, address: folderAddress(control, period), name: folderName(control, period) },
    write: (folder, of) => writeEvidence(deps.ledger, folder, order, of),
  });
};

/** Such as `curfew-evidence-CC6.1-2026-08-31-2026-11-29`. The days are those of the period in UTC. */
const folderName = ({ id }: Control, { from, to }: EvidencePeriod): string =>
  ['curfew-evidence', id, ...[from, to].map((at) => rfc3339(at).slice(0, 10))].join('-');
