// Runs the unit tests: node before version 22.6 cannot read TypeScript by itself.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';

const folder = 'node_modules/.cache/tests';
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
writeFileSync(`${folder}/package.json`, '{ "type": "module" }');
run('node_modules/.bin/tsc', ['-p', 'tsconfig.test.json']);
run(process.execPath, ['--test', folder]);

function run(program, words) {
  const { status } = spawnSync(program, words, { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
