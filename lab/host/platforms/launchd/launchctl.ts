// `launchctl print|list|kickstart`: the jobs of launchd.
import { newPid, type Io, type LaunchdJob, type Mac, type Program } from '#lab/host/mac.ts'
import { tool } from '#lab/host/delays.ts'
import { sendSignal } from '#lab/host/platforms/macos/signals.ts'

const jobOf = (mac: Mac, target: string) =>
  mac.launchd.find(job => `${job.domain}/${job.label}` === target)

const domainText = (domain: string): string => {
  const [kind = '', uid] = domain.split('/')
  return kind === 'system' ? 'system' : `${kind === 'gui' ? 'user gui' : 'uid'}: ${uid}`
}

/** What launchd prints about a job. */
function jobText(mac: Mac, job: LaunchdJob): string {
  const kind = job.domain === 'system' ? 'LaunchDaemon' : 'LaunchAgent'
  const lines = [
    `${job.domain}/${job.label} = {`,
    `\tactive count = ${job.state === 'running' ? 1 : 0}`,
    `\tpath = ${mac.disk.resolve(job.plist)}`,
    `\ttype = ${kind}`,
    `\tstate = ${job.state === 'running' ? 'running' : 'not running'}`,
    '',
    `\tprogram = ${job.arguments[0] ?? ''}`,
    '\targuments = {',
    ...job.arguments.map(argument => `\t\t${argument}`),
    '\t}',
    '',
    '\tdefault environment = {',
    '\t\tPATH => /usr/bin:/bin:/usr/sbin:/sbin',
    '\t}',
    '',
    '\tenvironment = {',
    ...(job.path === undefined ? [] : [`\t\tPATH => ${job.path}`]),
    `\t\tXPC_SERVICE_NAME => ${job.label}`,
    '\t}',
    '',
    `\tdomain = ${job.domain}`,
    '\tminimum runtime = 10',
    '\texit timeout = 5',
    `\truns = ${job.runs}`,
    ...(job.pid === undefined ? [] : [`\tpid = ${job.pid}`]),
    `\tlast exit code = ${job.lastExitCode ?? '(never exited)'}`,
    '',
    `\tspawn type = ${job.domain === 'system' ? 'daemon (3)' : 'interactive (4)'}`,
    `\tproperties = ${job.keepAlive === true ? 'keepalive | runatload' : 'runatload'}`,
    '}',
  ]
  return `${lines.join('\n')}\n`
}

/** @source macOS: error 113, "Could not find service" */
const notFound = 113

function missing(io: Io, target: string): number {
  const parts = target.split('/')
  const domain = domainText(parts.slice(0, -1).join('/'))
  io.err(`Bad request.\nCould not find service "${parts.at(-1) ?? ''}" in domain for ${domain}\n`)
  return notFound
}

/** Only the caller's own domain: the daemons of the system are in another one. */
function listText(mac: Mac): string {
  const own = mac.launchd.filter(job => job.domain !== 'system')
  const rows = own.map(job => `${job.pid ?? '-'}\t${job.lastExitCode ?? 0}\t${job.label}\n`)
  return `PID\tStatus\tLabel\n${rows.join('')}`
}

/** Starts a job. A running one restarts only when `kill` is set. */
function kickstart(mac: Mac, job: LaunchdJob, kill: boolean): void {
  if (job.pid !== undefined && !kill) return
  if (job.pid !== undefined) sendSignal(mac, job.pid, 'KILL')
  job.pid = newPid(mac)
  job.state = 'running'
  job.runs += 1
  mac.workers.changed()
}

export const launchctl: Program = function* launchctl(mac, args, io) {
  yield tool
  const [verb = '', ...rest] = args
  if (verb === 'list') {
    io.out(listText(mac))
    return 0
  }
  if (verb !== 'print' && verb !== 'kickstart') {
    io.err(
      `Unrecognized subcommand: ${verb}\n` +
        'Usage: launchctl <subcommand> ... | help [subcommand]\n',
    )
    return 64
  }
  const target = rest.find(word => !word.startsWith('-')) ?? ''
  const job = jobOf(mac, target)
  if (job === undefined) return missing(io, target)
  if (verb === 'print') io.out(jobText(mac, job))
  else kickstart(mac, job, rest.includes('-k'))
  return 0
}
