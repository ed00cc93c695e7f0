import type { Progress } from './embedded.ts';

/** Writes a line when a step takes long, and a line with its duration when it is done. */
export function progressOn(out: { write(text: string): unknown }): Progress {
  return {
    note: (line) => void out.write(`  … ${line}\n`),
    begin(name) {
      const began = performance.now();
      const slow = setTimeout(() => out.write(`  … ${name}\n`), 1500);
      return (how) => {
        clearTimeout(slow);
        out.write(`  ✓ ${name.padEnd(12)}${how}  (${((performance.now() - began) / 1000).toFixed(1)} s)\n`);
      };
    },
  };
}
