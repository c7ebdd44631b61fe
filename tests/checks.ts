// Reads all sources without running them: format, types and lint, dead code, copies, spelling.
// npm test runs it first. A check that fails prints what it found; one that passes prints a line.
import { stderr, stdout } from 'node:process'
import { $ } from 'zx'
import { projectRoot } from '#src/project-root.ts'

const run = $({ cwd: projectRoot, quiet: true, nothrow: true, preferLocal: true })

/** Go's garbage collector stays off up to 2 GiB: the linter ends a third sooner. */
const lintMemory = { GOGC: 'off', GOMEMLIMIT: '2GiB' }

const spellingCache = ['--cache', '--cache-location', 'node_modules/.cache/cspell']

const checks = [
  { name: 'format', remedy: 'npm run format', command: run`oxfmt --list-different .` },
  {
    name: 'types and lint',
    remedy: 'mend what is listed',
    command: $({
      cwd: projectRoot,
      quiet: true,
      nothrow: true,
      preferLocal: true,
      env: { ...process.env, ...lintMemory },
    })`oxlint --type-aware --type-check`,
  },
  { name: 'dead code', remedy: 'remove it, or use it', command: run`knip` },
  { name: 'copies', remedy: 'give the code one owner', command: run`jscpd` },
  {
    name: 'spelling',
    remedy: 'mend the word, or add a name of the field to docs/spelling.txt',
    command: run`cspell lint --no-progress --no-summary ${spellingCache} .`,
  },
]

let failed = false
for (const { name, remedy, command } of checks) {
  const { exitCode, stdout: found, stderr: complaint } = await command
  if (exitCode === 0) {
    stdout.write(`✓ ${name}\n`)
  } else {
    failed = true
    stderr.write(`× ${name}: ${remedy}\n${found}${complaint}\n`)
  }
}
if (failed) process.exitCode = 1
