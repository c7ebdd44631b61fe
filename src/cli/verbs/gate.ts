// `holdfast gate`: judges manifests before they are applied, without a cluster.
import { stderr, stdout } from 'node:process'
import type { GateReport, ManifestSet, Policy } from '#src/model/index.ts'
import type { Arguments } from '#src/cli/arguments.ts'
import { loadPolicy } from '#src/runs/clusters.ts'
import { worstExit } from '#src/runs/process/exit.ts'
import type { GateOptions } from '#src/cli/gate/arguments.ts'
import { changesOf, diffs, writeInPlace, type Fixed } from '#src/cli/gate/fix.ts'
import {
  judge,
  readBaseline,
  requireSelection,
  versionFor,
  type Judging,
} from '#src/cli/gate/judge.ts'
import { writeReports } from '#src/cli/gate/outputs.ts'
import { readSet } from '#src/cli/gate/read.ts'
import { textsToShow } from '#src/cli/gate/show.ts'
import { holdfastVersion } from '#src/cli/gate/version.ts'
import { UsageError } from '#src/runs/settings.ts'

/** Rounds of --fix. @source chosen: one change may require another; more rounds mean a cycle */
const mostRounds = 5

interface Ended {
  report: GateReport
  set: ManifestSet
}

const plural = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`

/** Where the diff goes: never into a report on stdout. */
const besides = (options: GateOptions): NodeJS.WriteStream =>
  options.outputs.some(({ format, file }) => file === undefined && format !== 'terminal')
    ? stderr
    : stdout

function tellRefused({ refused }: Fixed, out: NodeJS.WriteStream): void {
  for (const { finding, why } of refused)
    out.write(
      `not changed: ${finding.file}:${finding.line} ${finding.code}: ${why}. By hand: ` +
        `${finding.remedy}\n`,
    )
}

/**
 * Shows and applies certain changes until none is left. The report lists the remaining findings.
 */
async function fixed(first: Ended, paths: readonly string[], judging: Judging): Promise<Ended> {
  const { options } = judging
  const out = besides(options)
  let now = first
  for (let round = 0; round < mostRounds; round += 1) {
    const changes = changesOf(now.report, now.set, options)
    out.write(diffs(changes.files))
    const lines = changes.files.length
    if (lines === 0 || options.dryRun) {
      tellRefused(changes, out)
      if (round === 0 && lines === 0 && changes.refused.length === 0)
        out.write('Nothing to fix: no finding has a certain change.\n')
      if (lines > 0)
        out.write(`${plural(lines, 'file')} would change; nothing was written (--dry-run).\n`)
      return now
    }
    writeInPlace(changes.files)
    out.write(`${plural(lines, 'file')} changed.\n`)
    const set = await readSet(paths, options)
    now = { set, report: judge(set, judging) }
  }
  return now
}

function requireFixable(paths: readonly string[], options: GateOptions): void {
  if (!options.fix || options.dryRun) return
  if (paths.includes('-'))
    throw new UsageError(
      '--fix changes files in place, which stdin is not: give the files, or see the ' +
        'changes with --fix --dry-run.',
    )
}

export async function gate(given: Arguments): Promise<number> {
  const { settings, words: paths, gate: options } = given
  if (options === undefined) throw new TypeError('the flags of gate were not read')
  const startedAt = Date.now()
  requireFixable(paths, options)
  const baseline = await readBaseline(options.baseline)
  const policy: Policy = await loadPolicy(settings.cluster)
  requireSelection(settings.only, policy)
  const judging: Judging = {
    policy,
    options,
    only: settings.only,
    baseline,
    holdfast: holdfastVersion(),
    startedAt,
  }
  versionFor(options, policy)
  const set = await readSet(paths, options)
  const first: Ended = { set, report: judge(set, judging) }
  const ended = options.fix ? await fixed(first, paths, judging) : first
  writeReports(options.outputs, {
    report: ended.report,
    texts: textsToShow(ended.report, ended.set),
    full: given.full,
  })
  if (!options.live) return ended.report.exitCode
  const { live } = await import('#src/cli/gate/live.ts')
  return worstExit([
    ended.report.exitCode,
    await live(ended.set, { policy, settings, options }, besides(options)),
  ])
}
