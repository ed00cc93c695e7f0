import { Command } from 'commander';

/** `curfew audit export <folder>` */
export const auditExportCommand = (): Command =>
  new Command('export')
    .description('write the whole audit log into a folder, which anybody can verify offline')
    .argument('<folder>', 'an empty folder, or one that does not exist')
    .addHelpText(
      'after',
      `
The folder has every entry up to the newest published checkpoint, and all published checkpoints. Whoever has it needs only the
public key of the log, which they must have from somebody they trust:

  curfew audit export ./log-2026-11
  curfew audit verify ./log-2026-11 --key <public key>`,
    )
    .action(async (folder: string) => (await import('../../actions/audit-export.ts')).runExport(folder));
