// launchd: the plist of a job, and the state of the job.
import { z } from 'zod'
import { attempt, failure, parsed, run } from '#src/commands/command.ts'
import type { Call } from '#src/commands/call.ts'

export interface Plist {
  label: string
  /** Program and arguments. */
  arguments: readonly string[]
  /** The variables that it sets. A job inherits almost no others. */
  environment: Readonly<Record<string, string>>
  runAtLoad: boolean
  /** Whether launchd starts it again whenever it ends. An object of conditions counts as yes. */
  keepAlive: boolean
  /** Seconds between starts, if launchd starts it by interval. */
  startInterval?: number
  /** The time of day at which launchd starts it. Absent: it has no single daily time. */
  calendar?: { hour: number; minute: number }
  /** The user that it runs as. A system job without one runs as root. */
  userName?: string
}

export interface Job {
  /** `running`, `waiting`, `not running`, … */
  state: string
  pid?: number
  /** Absent: it never exited. */
  lastExitCode?: number
  runs?: number
  path?: string
}

const plistShape = z.object({
  Label: z.string().default(''),
  Program: z.string().optional(),
  ProgramArguments: z.array(z.string()).default([]),
  EnvironmentVariables: z.record(z.string(), z.string()).default({}),
  RunAtLoad: z.boolean().default(false),
  KeepAlive: z.union([z.boolean(), z.record(z.string(), z.unknown())]).default(false),
  StartInterval: z.number().optional(),
  UserName: z.string().optional(),
  // A list of times, or a time with a day, is not a single daily time: it counts as absent.
  StartCalendarInterval: z
    .strictObject({ Hour: z.int(), Minute: z.int() })
    .optional()
    .catch(undefined),
})

/** A job's plist; null where there is no such file. */
export async function readPlist(call: Call, path: string): Promise<Plist | null> {
  const absolute = path.startsWith('~/') ? `${call.runtime.home}/${path.slice(2)}` : path
  if ((await call.runtime.files.read(absolute)) === undefined) return null
  const description = `plutil -convert json ${path}`
  const plist = plistShape.safeParse(
    parsed(
      description,
      await run(call, ['plutil', '-convert', 'json', '-o', '-', absolute], { description }),
    ),
  )
  if (!plist.success)
    throw new Error(
      `${path} is not the plist of a job: ${plist.error.issues[0]?.path.join('.') ?? ''} ` +
        (plist.error.issues[0]?.message ?? ''),
    )
  const { data } = plist
  const { StartCalendarInterval: calendar } = data
  return {
    label: data.Label,
    arguments:
      data.ProgramArguments.length > 0
        ? data.ProgramArguments
        : [data.Program].filter(word => word !== undefined),
    environment: data.EnvironmentVariables,
    runAtLoad: data.RunAtLoad,
    keepAlive: data.KeepAlive !== false,
    ...(data.StartInterval === undefined ? {} : { startInterval: data.StartInterval }),
    ...(calendar === undefined
      ? {}
      : { calendar: { hour: calendar.Hour, minute: calendar.Minute } }),
    ...(data.UserName === undefined ? {} : { userName: data.UserName }),
  }
}

/** Top-level members of the output of `launchctl print`, without nested blocks. */
export function parseJob(text: string): Job {
  const members = new Map(
    [...text.matchAll(/^\t(\w[\w ]*?) = (.*)$/gm)].map(match => [match[1]!, match[2]!.trim()]),
  )
  const number = (name: string): number | undefined => {
    const found = /^-?\d+/.exec(members.get(name) ?? '')
    return found === null ? undefined : Number(found[0])
  }
  const state = members.get('state')
  if (state === undefined)
    throw new Error(`launchctl print did not show a job: “${text.trim().slice(0, 80)}”`)
  const [pid, lastExitCode, runs, path] = [
    number('pid'),
    number('last exit code'),
    number('runs'),
    members.get('path'),
  ]
  return {
    state,
    ...(pid === undefined ? {} : { pid }),
    ...(lastExitCode === undefined ? {} : { lastExitCode }),
    ...(runs === undefined ? {} : { runs }),
    ...(path === undefined ? {} : { path }),
  }
}

/** The state of a job, e.g. `system/com.joel.colima`; undefined: launchd does not know the job. */
export async function jobOf(call: Call, service: string): Promise<Job | undefined> {
  const exit = await attempt(call, ['launchctl', 'print', service])
  if (exit.kind === 'exited' && exit.code === 0) return parseJob(exit.stdout)
  if (exit.kind === 'exited' && /could not find service/i.test(exit.stderr + exit.stdout))
    return undefined
  throw failure(`launchctl print ${service}`, exit)
}

/** A job as `launchctl list` shows it. */
export interface ListedJob {
  label: string
  /** Absent: it does not run now. */
  pid?: number
  /** Of its last run; 0 also before the first one. Negative: the signal that ended it. */
  lastExitCode: number
}

/** Rows of `launchctl list`: PID, status and label, with `-` for a job that does not run. */
export const parseList = (text: string): readonly ListedJob[] =>
  [...text.matchAll(/^(-|\d+)\t(-?\d+)\t(\S.*)$/gm)].map(([, pid, status, label]) => ({
    label: label!,
    ...(pid === '-' ? {} : { pid: Number(pid) }),
    lastExitCode: Number(status),
  }))

/** The jobs of the caller's own domain. The daemons of the system are in another one. */
export async function ownJobs(call: Call): Promise<readonly ListedJob[]> {
  const description = 'launchctl list'
  const text = await run(call, ['launchctl', 'list'], { description })
  if (!text.startsWith('PID')) throw new Error(`${description} did not show a table of jobs`)
  return parseList(text)
}
