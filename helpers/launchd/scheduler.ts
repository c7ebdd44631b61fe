// launchd starts the nightly run: a LaunchAgent of a user, or a LaunchDaemon of the Mac.
import { attempt } from '#src/commands/command.ts'
import { callOf } from '#src/commands/call.ts'
import {
  fileMark,
  type Night,
  type Owner,
  type Policy,
  type Schedule,
  type ScheduleContext,
  type Scheduler,
  type ScheduleState,
} from '#src/model/index.ts'
import { clock, nextAt } from '#helpers/host/hours.ts'
import { jobOf, readPlist } from './client.ts'
import { plistText } from './write-plist.ts'

/** Deadline of one question, ms. @source measured: launchctl answers in less than 100 ms */
const patience = 10_000

/**
 * A job inherits this PATH and no other; homebrew is not on it.
 * @source launchd.plist(5), EnvironmentVariables; sysctl user.cs_path
 */
const systemPath = ['/usr/bin', '/bin', '/usr/sbin', '/sbin']
/** Where homebrew installs, on Apple silicon and on Intel. @source docs.brew.sh, Installation */
const homebrew = ['/opt/homebrew/bin', '/usr/local/bin']

/**
 * Seconds from SIGTERM to SIGKILL: a drill undoes its faults in between. launchd's default is 20.
 * @source launchd.plist(5), ExitTimeOut; budgets of undo in the drills, at most 300 s
 */
const undoSeconds = 300

const labelOf = ({ cluster }: Policy): string => `dev.holdfast.nightly.${cluster}`
const domainOf = ({ scope, asking }: Owner): string =>
  scope === 'system' ? 'system' : `gui/${asking.uid}`
const serviceOf = (policy: Policy, owner: Owner): string => `${domainOf(owner)}/${labelOf(policy)}`

/** The home of a job's user. @source macOS: homes lie in /Users, root's is /var/root */
function homeOf({ user, asking }: Owner): string {
  if (user === asking.user) return asking.home
  return user === 'root' ? '/var/root' : `/Users/${user}`
}

const plistPath = (policy: Policy, owner: Owner): string =>
  owner.scope === 'system'
    ? `/Library/LaunchDaemons/${labelOf(policy)}.plist`
    : `${owner.asking.home}/Library/LaunchAgents/${labelOf(policy)}.plist`

/** Directly in a folder that every user has: launchd starts no job whose log folder is missing. */
const logFolder = (owner: Owner): string => `${homeOf(owner)}/Library/Logs`
const logName = ({ cluster }: Policy): string => `holdfast-nightly-${cluster}.log`

function pathFor(policy: Policy): string {
  const required = policy.host?.requiredPath
  const first = required === undefined ? [] : [required]
  return [...new Set([...first, ...homebrew, ...systemPath])].join(':')
}

function plistOf(night: Night, owner: Owner): string {
  const { policy, at, program, words, folder, environment } = night
  const log = `${logFolder(owner)}/${logName(policy)}`
  const job = {
    Label: labelOf(policy),
    ProgramArguments: [...program, ...words],
    WorkingDirectory: folder,
    EnvironmentVariables: { PATH: pathFor(policy), HOME: homeOf(owner), ...environment },
    // Not StartInterval: launchd skips the intervals of a sleeping Mac, but starts a missed
    // calendar time at the next wake. @source launchd.plist(5), StartCalendarInterval
    StartCalendarInterval: { Hour: at.hour, Minute: at.minute },
    RunAtLoad: false,
    ExitTimeOut: undoSeconds,
    StandardOutPath: log,
    StandardErrorPath: log,
  }
  const comment = `${fileMark}; holdfast schedule remove removes it.`
  return plistText(owner.scope === 'system' ? { ...job, UserName: owner.user } : job, comment)
}

/** Folders that macOS hides from jobs. @source macOS, Privacy & Security, Files and Folders */
const hidden = ['Desktop', 'Documents', 'Downloads']

function notesFor({ folder, policy, onFailure }: Night, owner: Owner): readonly string[] {
  const home = homeOf(owner)
  const inHidden = hidden.find(name => folder.startsWith(`${home}/${name}/`))
  return [
    `Its output goes to ${logFolder(owner)}/${logName(policy)}, which remove leaves.`,
    'A Mac that sleeps at that hour runs it at the next wake; one that is off skips the night.',
    ...(owner.scope === 'user'
      ? [
          `It runs while ${owner.user} is logged in at the screen; --system runs it ` +
            'without a login.',
        ]
      : []),
    ...(inHidden === undefined
      ? []
      : [`macOS hides ~/${inHidden} from jobs: move ${folder} elsewhere, e.g. to ~/Code.`]),
    ...(onFailure === undefined
      ? []
      : ['launchd starts nothing after a failure: --on-failure has no effect here.']),
  ]
}

function schedule(night: Night, owner: Owner): Schedule {
  const { policy } = night
  const path = plistPath(policy, owner)
  return {
    title: `${owner.scope === 'system' ? 'LaunchDaemon' : 'LaunchAgent'} ${labelOf(policy)}`,
    when: `${clock(night.at)} local time`,
    parts: [{ kind: 'file', path, text: plistOf(night, owner) }],
    start: [['launchctl', 'bootstrap', domainOf(owner), path]],
    stop: [['launchctl', 'bootout', serviceOf(policy, owner)]],
    traces: [],
    removed: [],
    notes: notesFor(night, owner),
  }
}

async function problem({ runtime, owner }: ScheduleContext): Promise<string | undefined> {
  const domain = domainOf(owner)
  const exit = await attempt(callOf({ runtime }, patience), ['launchctl', 'print', domain])
  if (exit.kind === 'missing') return 'this host has no launchctl, so it is no Mac'
  if (exit.kind === 'timed-out') return 'launchctl print does not answer'
  if (exit.code === 0) return undefined
  return (
    `launchd has no domain ${domain}: ${owner.asking.user} is not logged in at the screen. ` +
    'Install it for the whole Mac, which needs no login: sudo holdfast schedule install --system'
  )
}

/** launchd reports no times. The time of the log's last write is that of the last run's end. */
async function lastWritten(context: ScheduleContext): Promise<number | undefined> {
  const { runtime, policy, owner } = context
  const logs = await runtime.files.list(logFolder(owner))
  return logs.find(({ name, bytes }) => name === logName(policy) && bytes > 0)?.modifiedAt
}

/** The last run, from launchd's exit code and from the time of the log. */
function lastOf(at: number | undefined, code: number | undefined): ScheduleState['last'] {
  if (code === undefined && at === undefined) return undefined
  if (code === undefined)
    return { ...(at === undefined ? {} : { at }), why: 'launchd has forgotten it since the start' }
  return at === undefined ? { code } : { at, code }
}

async function state(context: ScheduleContext): Promise<ScheduleState> {
  const { runtime, policy, owner } = context
  const call = callOf({ runtime }, patience)
  const job = await jobOf(call, serviceOf(policy, owner))
  const at = (await readPlist(call, plistPath(policy, owner)))?.calendar
  return {
    active: job !== undefined,
    running: job?.state === 'running',
    last: lastOf(await lastWritten(context), job?.lastExitCode),
    next: job === undefined || at === undefined ? undefined : nextAt(at, runtime.clock.now()),
    notes: job === undefined ? ['launchd does not know the job: install it again.'] : [],
  }
}

export const scheduler: Scheduler = { problem, schedule, state }
