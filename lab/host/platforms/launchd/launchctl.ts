// `launchctl print|list|kickstart|bootstrap|bootout`: the jobs of launchd.
import { newPid, type Io, type LaunchdJob, type Mac, type Program } from '#lab/host/mac.ts'
import { tool } from '#lab/host/delays.ts'
import { parsePlist, type PlistValue } from './plist.ts'
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

/** Lists only the caller's own domain. System daemons are in another one. */
function listText(mac: Mac): string {
  const own = mac.launchd.filter(job => job.domain !== 'system')
  const rows = own.map(job => `${job.pid ?? '-'}\t${job.lastExitCode ?? 0}\t${job.label}\n`)
  return `PID\tStatus\tLabel\n${rows.join('')}`
}

/** Starts a job. Restarts a running one only if `kill` is set. */
function kickstart(mac: Mac, job: LaunchdJob, kill: boolean): void {
  if (job.pid !== undefined && !kill) return
  if (job.pid !== undefined) sendSignal(mac, job.pid, 'KILL')
  job.pid = newPid(mac)
  job.state = 'running'
  job.runs += 1
  mac.workers.changed()
}

/** The domains that a login at the screen creates, besides that of the system. */
const isDomain = (target: string): boolean => /^(system|gui\/501|user\/501)$/.test(target)

const domainOverview = (mac: Mac, domain: string): string => {
  const jobs = mac.launchd.filter(job => job.domain === domain)
  const rows = jobs.map(job => `\t\t${job.pid ?? 0}\t${job.lastExitCode ?? '-'}\t${job.label}`)
  const type = domain === 'system' ? 'system' : 'login'
  const lines = [`${domain} = {`, `\ttype = ${type}`, '\tservices = {', ...rows, '\t}', '}']
  return `${lines.join('\n')}\n`
}

const job = (text: string): Readonly<Record<string, PlistValue>> | undefined => {
  const value = parsePlist(text)
  return typeof value === 'object' && 'Label' in value ? value : undefined
}

/** A text member of a plist's dictionary. Empty if it is missing. */
function textIn(value: PlistValue | undefined, member: string): string {
  const found: unknown = typeof value === 'object' ? Reflect.get(value, member) : undefined
  return typeof found === 'string' ? found : ''
}

/** @source macOS: error 5 for an invalid plist, for a loaded job and for a foreign domain */
function bootstrap(mac: Mac, [domain = '', path = '']: readonly string[], io: Io): number {
  const text = mac.disk.text(path)
  const plist = text === undefined ? undefined : job(text)
  const label = textIn(plist, 'Label')
  const loaded = jobOf(mac, `${domain}/${label}`) !== undefined
  if (plist === undefined || loaded || domain === 'system' || !isDomain(domain)) {
    io.err(
      'Bootstrap failed: 5: Input/output error\n' +
        'Try re-running the command as root for richer errors.\n',
    )
    return 5
  }
  const words = plist['ProgramArguments']
  mac.launchd.push({
    label,
    plist: path,
    domain,
    state: 'waiting',
    arguments: Array.isArray(words) ? words.map(String) : [],
    path: textIn(plist['EnvironmentVariables'], 'PATH'),
    runs: 0,
  })
  return 0
}

/** @source macOS: error 3 for a job that is not loaded */
function bootout(mac: Mac, target: string, io: Io): number {
  const found = jobOf(mac, target)
  if (found === undefined) {
    io.err('Boot-out failed: 3: No such process\n')
    return 3
  }
  if (found.pid !== undefined) sendSignal(mac, found.pid, 'TERM')
  mac.launchd.splice(mac.launchd.indexOf(found), 1)
  return 0
}

export const launchctl: Program = function* launchctl(mac, args, io) {
  yield tool
  const [verb = '', ...rest] = args
  if (verb === 'list') {
    io.out(listText(mac))
    return 0
  }
  if (verb === 'bootstrap') return bootstrap(mac, rest, io)
  if (verb === 'bootout') return bootout(mac, rest[0] ?? '', io)
  if (verb !== 'print' && verb !== 'kickstart') {
    io.err(
      `Unrecognized subcommand: ${verb}\n` +
        'Usage: launchctl <subcommand> ... | help [subcommand]\n',
    )
    return 64
  }
  const target = rest.find(word => !word.startsWith('-')) ?? ''
  if (verb === 'print' && isDomain(target)) {
    io.out(domainOverview(mac, target))
    return 0
  }
  const found = jobOf(mac, target)
  if (found === undefined) return missing(io, target)
  if (verb === 'print') io.out(jobText(mac, found))
  else kickstart(mac, found, rest.includes('-k'))
  return 0
}
