import { FORGED_CHECKPOINTS } from './export-checkpoints.ts';
import { FORGED_ENTRIES } from './export-entries.ts';
import { FORGED_TEXTS } from './export-texts.ts';
import { testForgeries } from './forgery.ts';

// What somebody does to an export who wants an auditor to believe something false about the log.
testForgeries('export', [...FORGED_ENTRIES, ...FORGED_CHECKPOINTS, ...FORGED_TEXTS]);
