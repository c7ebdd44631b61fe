// systemd starts the nightly run: a timer and its service, of a user or of the host.
import { attempt, failure } from '#src/commands/command.ts'
import { callOf } from '#src/commands/call.ts'
import {
  fileMark,
  type Night,
  type Owner,
  type Policy,
  type Runtime,
  type Schedule,
  type ScheduleContext,
  type Scheduler,
  type ScheduleState,
} from '#src/model/index.ts'
import { clock } from '#helpers/host/hours.ts'
import { plainPath, quoted, quotedWord, unitText } from './unit-file.ts'
import { propertiesIn, timeOf } from './unit-state.ts'

/** Deadline of one question, ms. @source measured: systemctl answers in less than 100 ms */
const patience = 10_000

/**
 * A unit inherits no PATH of a login. Homebrew's folder comes last: it belongs to a user.
 * @source systemd.exec(5), PATH; docs.brew.sh, Homebrew on Linux
 */
const path = [
  '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  '/home/linuxbrew/.linuxbrew/bin',
].join(':')

/** Seconds from SIGTERM to SIGKILL. @source budgets of undo in the drills, at most 300 s */
const undoSeconds = 300

const nameOf = ({ cluster }: Policy): string => `holdfast-nightly-${cluster}`
const timerOf = (policy: Policy): string => `${nameOf(policy)}.timer`
const serviceOf = (policy: Policy): string => `${nameOf(policy)}.service`

const folderOf = ({ scope, asking }: Owner): string =>
  scope === 'system' ? '/etc/systemd/system' : `${asking.home}/.config/systemd/user`

/**
 * Where systemd notes when a persistent timer last fired. `systemctl clean` would remove the note,
 * but asks the bus of the user, which is not there on every host.
 * @source systemd.timer(5), Persistent; measured on systemd 252
 */
const stampFolder = ({ scope, asking }: Owner): string =>
  scope === 'system' ? '/var/lib/systemd/timers' : `${asking.home}/.local/share/systemd/timers`

const systemctl = ({ scope }: Owner, ...words: readonly string[]): readonly string[] => [
  'systemctl',
  ...(scope === 'user' ? ['--user'] : []),
  ...words,
]

const comment = `${fileMark}; holdfast schedule remove removes it.`

function serviceText(night: Night, owner: Owner): string {
  const { policy, program, words, folder, environment, longest, onFailure } = night
  const system = owner.scope === 'system'
  return unitText(comment, {
    Unit: [
      ['Description', `holdfast nightly of ${policy.cluster}`],
      // A manager of a user does not know the network's targets.
      ...(system
        ? ([
            ['Wants', 'network-online.target'],
            ['After', 'network-online.target'],
          ] as const)
        : []),
      ...(onFailure === undefined ? [] : ([['OnFailure', onFailure]] as const)),
    ],
    Service: [
      ['Type', 'oneshot'],
      ...(system ? ([['User', owner.user]] as const) : []),
      ['WorkingDirectory', plainPath(folder)],
      ...Object.entries({ PATH: path, ...environment }).map(
        ([name, value]) => ['Environment', quoted(`${name}=${value}`)] as const,
      ),
      ['ExecStart', [...program, ...words].map(quotedWord).join(' ')],
      ['TimeoutStartSec', String(longest)],
      ['TimeoutStopSec', String(undoSeconds)],
      // SIGTERM reaches holdfast alone: what it has started serves its undo.
      ['KillMode', 'mixed'],
    ],
  })
}

const timerText = ({ policy, at }: Night): string =>
  unitText(comment, {
    Unit: [['Description', `holdfast nightly of ${policy.cluster} at ${clock(at)}`]],
    Timer: [
      ['OnCalendar', `*-*-* ${clock(at)}:00`],
      // A night that was missed, because the machine was off, runs at the next start.
      ['Persistent', 'true'],
      // @source systemd.timer(5): the default of a minute is for laptops on battery
      ['AccuracySec', '1s'],
    ],
    Install: [['WantedBy', 'timers.target']],
  })

function schedule(night: Night, owner: Owner): Schedule {
  const { policy } = night
  const file = (name: string, text: string) =>
    ({ kind: 'file', path: `${folderOf(owner)}/${name}`, text }) as const
  const reload = systemctl(owner, 'daemon-reload')
  const shown = systemctl(owner).slice(1).join(' ')
  return {
    title: `timer ${timerOf(policy)} of ${owner.scope === 'system' ? 'the host' : owner.user}`,
    when: `${clock(night.at)} local time`,
    parts: [
      file(serviceOf(policy), serviceText(night, owner)),
      file(timerOf(policy), timerText(night)),
    ],
    start: [reload, systemctl(owner, 'enable', '--now', timerOf(policy))],
    stop: [systemctl(owner, 'disable', '--now', timerOf(policy))],
    traces: [`${stampFolder(owner)}/stamp-${timerOf(policy)}`],
    // A pattern: a unit that did not fail is no error.
    removed: [reload, systemctl(owner, 'reset-failed', `${nameOf(policy)}.*`)],
    notes: [
      `Its output: journalctl ${[shown, '--unit', serviceOf(policy)].join(' ').trim()}`,
      'A night that was missed, because the machine was off or slept, runs at the next start.',
    ],
  }
}

/** Whether systemd keeps the user's manager without a login; undefined: it does not say. */
async function lingers(runtime: Runtime, user: string): Promise<boolean | undefined> {
  const words = ['loginctl', 'show-user', user, '--property=Linger', '--value']
  const exit = await attempt(callOf({ runtime }, patience), words)
  return exit.kind === 'exited' && exit.code === 0 ? exit.stdout.trim() === 'yes' : undefined
}

async function problem({ runtime, owner }: ScheduleContext): Promise<string | undefined> {
  const words = systemctl(owner, 'show', '--property=Version', '--value')
  const exit = await attempt(callOf({ runtime }, patience), words)
  if (exit.kind === 'missing') return 'this host has no systemctl, so it has no systemd'
  if (exit.kind === 'timed-out') return 'systemctl does not answer'
  if (exit.code === 0) return undefined
  const said = `${exit.stderr}${exit.stdout}`.trim().split('\n')[0] ?? ''
  if (/not been booted with systemd/.test(said)) return 'this host was not booted with systemd'
  if (owner.scope === 'system') return `systemctl: ${said}`
  return (
    `systemd has no manager for ${owner.user} here (${said}). Log in as ${owner.user} by ssh or ` +
    `on the console, or run once: sudo loginctl enable-linger ${owner.user}. Or install it for ` +
    'the whole host: sudo holdfast schedule install --system'
  )
}

const shownProperties = [
  'LoadState',
  'ActiveState',
  'Result',
  'ExecMainStartTimestamp',
  'ExecMainExitTimestamp',
  'ExecMainCode',
  'ExecMainStatus',
  'LastTriggerUSec',
  'NextElapseUSecRealtime',
]

/** Properties of a unit. UTC: the same output on every machine. */
async function show(
  { runtime, owner }: ScheduleContext,
  unit: string,
): Promise<ReadonlyMap<string, string>> {
  const words = systemctl(owner, 'show', unit, `--property=${shownProperties.join(',')}`)
  const exit = await attempt(callOf({ runtime }, patience), ['env', 'TZ=UTC', 'LC_ALL=C', ...words])
  if (exit.kind === 'exited' && exit.code === 0) return propertiesIn(exit.stdout)
  throw failure(words.join(' '), exit)
}

/** `ExecMainCode` of a process that ended by itself. @source wait(2), CLD_EXITED */
const exited = '1'

/** The last run. After a start of the host only the timer's own note of its time is left. */
function lastOf(
  service: ReadonlyMap<string, string>,
  timer: ReadonlyMap<string, string>,
): ScheduleState['last'] {
  const text = (name: string): string => service.get(name) ?? ''
  const started = timeOf(text('ExecMainStartTimestamp'))
  const at = started || timeOf(timer.get('LastTriggerUSec') ?? '')
  if (at === 0) return undefined
  if (started === 0) return { at, why: 'systemd has forgotten it since the host started' }
  if (timeOf(text('ExecMainExitTimestamp')) === 0) return { at, why: 'it is still running' }
  return text('ExecMainCode') === exited
    ? { at, code: Number(text('ExecMainStatus')) }
    : { at, why: `it was ended: ${text('Result')}` }
}

async function state(context: ScheduleContext): Promise<ScheduleState> {
  const { runtime, policy, owner } = context
  const service = await show(context, serviceOf(policy))
  const timer = await show(context, timerOf(policy))
  const active = timer.get('ActiveState') === 'active'
  const next = timeOf(timer.get('NextElapseUSecRealtime') ?? '')
  const user = owner.scope === 'user' && (await lingers(runtime, owner.user)) === false
  return {
    active,
    running: service.get('ActiveState') === 'activating',
    last: lastOf(service, timer),
    next: active && next > 0 ? next : undefined,
    notes: user
      ? [
          `systemd ends the timers of ${owner.user} when ${owner.user} logs out. To keep them: ` +
            `sudo loginctl enable-linger ${owner.user}`,
        ]
      : [],
  }
}

export const scheduler: Scheduler = { problem, schedule, state }
