import type { Instant } from '../../core/ids.ts';
import { oneLine } from '../../core/text.ts';
import type { EvidenceAbout } from './contents.ts';
import { type Control, FRAMEWORKS } from './controls.ts';
import { verifyLines } from '../verify-lines.ts';
import { evidenceOf, isInLog } from './questions.ts';

/** The page of an evidence folder for people, in Markdown: the question, the period, the checkpoint, the controls and the answers. */
export function evidencePage(about: EvidenceAbout): string {
  const { order, ordered, names, counts, checkpoint, incompleteBefore, sampled } = about;
  const { from, to, entitlement, provider } = order.asked;
  const scope =
    entitlement === undefined ? provider && `the provider ${provider}` : `the entitlement ${entitlement}`;
  return lines([
    '# Evidence of who had which access',
    '',
    `Period: from ${utc(from)} until ${utc(to)}, both included.`,
    `Scope: ${scope === undefined ? 'everything' : `${oneLine(scope)}, where a question can be narrowed to it`}.`,
    `Ordered at ${utc(ordered.at)}. It says what the log said then.`,
    ...(incompleteBefore === null
      ? []
      : [
          `Old requests were removed from the ledger. The answers are not whole for times before ${incompleteBefore}.`,
        ]),
    '',
    'An auditor decides whether this suffices. Curfew only says what it can show.',
    '',
    '## The log',
    '',
    `The log ${oneLine(checkpoint.origin)} has ${checkpoint.size} entries in its newest signed checkpoint. Its root is:`,
    '',
    `    ${checkpoint.root}`,
    '',
    ...verifyLines(),
    '## The controls',
    '',
    ...order.controls.flatMap(controlLines),
    '## The answers',
    '',
    'Each is in a file for spreadsheets (csv) and in one for programs (jsonl). Times are in UTC.',
    '',
    ...names.flatMap((name) => [
      `- ${evidenceOf(name).title}: **${counts.get(name) ?? 0}**, in \`${name}.csv\`. ${evidenceOf(name).known}`,
    ]),
    '',
    ...(names.includes('grants') ? sampleLines(sampled) : []),
  ]);
}

const sampleLines = (sampled: number): readonly string[] => [
  '## The sample',
  '',
  `\`sample.jsonl\` has ${sampled} rows of \`grants.csv\`. The root of the log that ends with the order chooses them, so nobody else does. \`sample-proofs.jsonl\` has a proof for each event of them.`,
  '',
];

const controlLines = ({ id, framework, title, asks, questions, log, cannot }: Control): readonly string[] => [
  `### ${id}: ${title}`,
  '',
  `${FRAMEWORKS[framework]}. ${asks}`,
  '',
  `Evidence: ${[...questions.filter(isInLog).map((name) => `\`${name}.csv\``), ...(log ? ['the log with its checkpoints'] : [])].join(', ')}.`,
  '',
  `What Curfew cannot show: ${cannot}`,
  '',
];

const utc = (at: Instant): string => new Date(at).toISOString();
const lines = (texts: readonly string[]): string => texts.join('\n');
