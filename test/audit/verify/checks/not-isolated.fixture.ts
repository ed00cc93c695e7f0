/** Checks that find the same false folder, and why the first of them is never the only one. */
export type Group = Readonly<{ folder: string; why: string; checks: readonly [string, ...string[]] }>;

const NOT_COVERED =
  'missingLines: [proven < count, `No checkpoint that fits covers the entries ${proven} to ${count - 1}.`],';
const TRUNCATED =
  "reportUnproven: if (proven === size) add('truncated-log', { ...first.facts, index: size });";
const AHEAD = "reportUnproven: if (ahead) add('rollback', { ...ahead.facts, entries: size });";
const NAMED =
  'reportDifferences: add(kind, { ...checkpoint?.facts, ...names, index: difference, place: place.name, proven: authentic });';

/**
 * The checks that no false folder isolates: the first of each group. Others of the group find each folder that it finds, and it says more exactly
 * what is wrong, or makes the verdict "failed" instead of "unproven". The folder is verified when the whole group is off.
 */
export const NOT_ISOLATED: readonly Group[] = [
  {
    folder: 'the bundle has fewer entries than a place',
    why: 'What a place has and the bundle does not is under a checkpoint that the bundle does not reach, or no checkpoint covers the last entries of the bundle. This check names the first wrong entry.',
    checks: [NAMED, AHEAD],
  },
  {
    folder: 'somebody kept a checkpoint that is larger than the log',
    why: 'The log is too short for the checkpoint, and that is reported as a truncated log too, or as a difference from a place. This check says that the newer checkpoint was seen outside of the bundle.',
    checks: [AHEAD, TRUNCATED],
  },
  {
    folder: 'the ledger has two checkpoints of one size, which is larger than the log',
    why: 'Two checkpoints that the entries cannot contradict are larger than what is proven, and each of them is already a problem. This check says that there are two logs.',
    checks: ["reportForks: add('fork', { ...each.facts, other: checkpointOf(other.facts) });", TRUNCATED],
  },
  {
    folder: 'the checkpoint of all entries says something else',
    why: 'Entries that do not fit a later checkpoint are entries that no checkpoint covers. This check makes the verdict "failed".',
    checks: [
      "reportUnproven: else add('changed-range', { ...first.facts, from: proven, to: first.size - 1 });",
      NOT_COVERED,
    ],
  },
  {
    folder: 'there is no bundle.json',
    why: 'Without the file, the name of the log and the number of entries are wrong too. This check says why.',
    checks: [
      "readAbout: if (!bytes) add('missing-file', { file });",
      "keysFor: add('wrong-origin', { file, origin: shown(about.origin) });",
      "verifyTree: add('wrong-size', { file: 'bundle.json', size: shown(about.size), found: hashed.size });",
    ],
  },
  {
    folder: 'there is no entries.jsonl',
    why: 'A log without the file has no entry. This check makes the verdict "failed".',
    checks: [
      "verifyTree: add('missing-file', { file });",
      "missingLines: [count === 0, 'The log has no entry.'],",
    ],
  },
  {
    folder: 'the evidence has an answer that nobody knows',
    why: 'A control names each answer. A known control names only known answers, so the control is unknown too. This check names the answer.',
    checks: [
      "evidenceLines: ...(other.length > 0 ? [`This program does not know these answers: ${other.join(', ')}.`] : []),",
      "evidenceLines: ? [`This program does not know which questions these controls have: ${otherControls.join(', ')}.`]",
    ],
  },
];
