import { testForgeries } from './forgery.ts';
import { FORGED_PROOFS } from './proofs-entries.ts';
import { FORGED_PROOF_FILES } from './proofs-files.ts';

// What somebody does to a file with proofs who wants an auditor to believe that another person approved something.
testForgeries('proofs', [...FORGED_PROOFS, ...FORGED_PROOF_FILES]);
