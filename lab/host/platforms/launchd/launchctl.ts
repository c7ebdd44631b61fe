// `launchctl print|list|kickstart`: the jobs of launchd.
import { newPid, type Mac, type Program } from '#lab/host/mac.ts'
import { tool } from '#lab/host/delays.ts'
import { sendSignal } from '#lab/host/platforms/macos/signals.ts'

const jobOf = (mac: Mac, target: string) =>
  mac.launchd.find(job => `${job.domain}/${job.label}` === target)

const domainText = (domain: string): string => {
  const [kind = '', uid] = domain.split('/')
  return kind === 'system' ? 'system' : `${kind === 'gui' ? 'user gui' : 'uid'}: ${uid}`
}

/** What launchd prints of one service. */
function serviceText(mac: Mac, target: string): string | undefined {
  const job = jobOf(mac, target)
  if (job === undefined) return undefined
  const kind = job.domain === 'system' ? 'LaunchDaemon' : 'LaunchAgent'
  const lines = [
    `${target} = {`,
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

export const launchctl: Program = function* launchctl(mac, args, io) {
  yield tool
  const [verb = '', ...rest] = args
  const target = rest.find(word => !word.startsWith('-')) ?? ''
  const [label = ''] = target.split('/').slice(-1)
  const missing = (): number => {
    io.err(
      `Bad request.\nCould not find service "${label}" in domain for ${domainText(target.split('/').slice(0, -1).join('/'))}\n`,
    )
    // @source macOS: "Could not find service" is error 113
    return 113
  }
  if (verb === 'print') {
    const text = serviceText(mac, target)
    if (text === undefined) return missing()
    io.out(text)
    return 0
  }
  if (verb === 'list') {
    // One domain only, the caller's own: daemons of the system are not in it.
    const mine = mac.launchd.filter(job => job.domain !== 'system')
    io.out(
      `PID\tStatus\tLabel\n${mine.map(job => `${job.pid ?? '-'}\t${job.lastExitCode ?? 0}\t${job.label}\n`).join('')}`,
    )
    return 0
  }
  if (verb === 'kickstart') {
    const job = jobOf(mac, target)
    if (job === undefined) return missing()
    if (job.pid !== undefined && !rest.includes('-k')) return 0
    if (job.pid !== undefined) sendSignal(mac, job.pid, 'KILL')
    job.pid = newPid(mac)
    job.state = 'running'
    job.runs += 1
    mac.workers.changed()
    return 0
  }
  io.err(
    `Unrecognized subcommand: ${verb}\nUsage: launchctl <subcommand> ... | help [subcommand]\n`,
  )
  return 64
}
