// joelclaw's launchd jobs and the files that belong to them.
import type { LaunchdSeed } from '#lab/host/seed.ts'
import { plistText, type Job } from './config-files.ts'

export const home = '/Users/joel'
const repository = `${home}/Code/joelhooks/joelclaw`

/** The PATH of infrastructure jobs. @source k8s skill, first vintage, Resilience Rules, rule 6 */
const path = '/opt/homebrew/bin:/Users/joel/.local/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin'

const jobs: readonly Job[] = [
  {
    label: 'com.joel.colima',
    path,
    home,
    log: `${home}/.local/log/colima.log`,
    // Boots the VM after a login and checks it every five minutes.
    // @source joelclaw history, 2026-02: Reboot hardening
    arguments: ['/opt/homebrew/bin/colima', 'start'],
    every: 300,
  },
  {
    label: 'com.joel.k8s-reboot-heal',
    path,
    home,
    log: `${home}/.local/log/k8s-reboot-heal.log`,
    arguments: ['/bin/bash', `${repository}/infra/k8s-reboot-heal.sh`],
    every: 180,
  },
  {
    label: 'com.joel.talon',
    path,
    home,
    log: `${home}/.local/state/talon/talon.log`,
    arguments: [`${home}/.local/bin/talon`],
  },
]

const plistOf = (job: Job): string => `${home}/Library/LaunchAgents/${job.label}.plist`
/** An arbitrary pid, which launchctl and ps both show. */
export const talonPid = 812

const kept = { state: 'running', pid: talonPid, keepAlive: true } as const
const waiting = { state: 'waiting', lastExitCode: 0 } as const

export const launchd: readonly LaunchdSeed[] = jobs.map(job => ({
  label: job.label,
  plist: plistOf(job),
  domain: 'gui/501',
  arguments: job.arguments,
  path: job.path,
  ...(job.every === undefined ? kept : waiting),
}))

const taint = 'node-role.kubernetes.io/control-plane:NoSchedule'

/** joelclaw's healer script. Invariants read only its PATH. */
const healScript = `#!/usr/bin/env bash
export PATH="${path}"
set -euo pipefail
kubectl taint nodes joelclaw-controlplane-1 ${taint}- || true
kubectl uncordon joelclaw-controlplane-1 || true
`

/** The plists of the jobs and the script of the healer, by path. */
export const jobFiles: Readonly<Record<string, string>> = {
  [`${repository}/infra/k8s-reboot-heal.sh`]: healScript,
  ...Object.fromEntries(jobs.map(job => [plistOf(job), plistText(job)])),
}
