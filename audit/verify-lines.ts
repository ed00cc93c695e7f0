/** How a person checks a folder, for the page in it. The program is not in the folder, because whoever made the folder could have changed it. */
export const verifyLines = (): readonly string[] => [
  'Check everything in this folder offline, with the public key of the log, which you have from somebody you trust:',
  '',
  "    curfew audit verify . --key '<public key>' --checksum '<SHA-256 of evidence/SHA256SUMS>'",
  '',
  'Without Curfew, take the file `audit/verify/verify.mjs` from its source, and run it with Node.js:',
  '',
  "    node verify.mjs . --key '<public key>' --checksum '<SHA-256 of evidence/SHA256SUMS>'",
  '',
];
