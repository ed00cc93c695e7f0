import { relative } from 'node:path';

const SHOWN = 10;

/** The ten slowest test files, one a line, with their seconds. `files` are Jest's results for each file. */
export function slowestFiles(files, root) {
  const lines = files
    .map(({ name, startTime, endTime }) => ({ name, seconds: (endTime - startTime) / 1000 }))
    .sort((one, other) => other.seconds - one.seconds)
    .slice(0, SHOWN)
    .map(({ name, seconds }) => `  ${seconds.toFixed(1).padStart(6)} s  ${relative(root, name)}`);
  return ['The slowest test files:', ...lines].join('\n');
}
